import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runsWhenInstalled } from './install-scripts.ts';

/** What package-lock.json (version 3) says of a package. */
interface Locked {
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
  readonly engines?: { readonly node?: string };
}

const checkout = new URL('../../', import.meta.url);
const readJson = (path: string) => JSON.parse(readFileSync(new URL(path, checkout), 'utf8'));
const manifest: {
  dependencies: Record<string, string>;
  engines: { node: string };
  overrides?: unknown;
} = readJson('package.json');
const {
  '': root,
  ...locked
}: Record<string, Locked> & { '': { dependencies: Record<string, string>; engines: unknown } } =
  readJson('package-lock.json').packages;
const packages = Object.entries(locked).map(([place, one]) => ({
  place,
  name: place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length),
  ...one,
}));
/** What comes along with `npm install heapwatch`; uPlot is in the page's script. */
const shipped = packages.filter(({ dev, name }) => !dev || name === 'uplot');

test('every package is locked by its checksum, wherever npm fetches it from', () => {
  expect(packages.length).toBeGreaterThan(200);
  const loose = packages.filter(
    ({ resolved, integrity }) => resolved !== undefined || !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''),
  );
  expect(loose).toEqual([]);
});

test('the lock file knows the dependencies and the Node.js that package.json asks for', () => {
  expect([root.dependencies, root.engines]).toEqual([manifest.dependencies, manifest.engines]);
});

test('a dependency takes patches without a release of ours, but for those that have a reason', () => {
  const held = Object.entries(manifest.dependencies).filter(([, range]) => !/^\^[1-9]/.test(range));
  expect(Object.fromEntries(held)).toEqual({
    // They name each other's exact versions: a range would bring two SDKs as soon as there is a newer one.
    '@opentelemetry/otlp-exporter-base': locked['node_modules/@opentelemetry/otlp-exporter-base']?.version,
    '@opentelemetry/otlp-transformer': locked['node_modules/@opentelemetry/otlp-transformer']?.version,
    '@opentelemetry/resources': locked['node_modules/@opentelemetry/resources']?.version,
    '@opentelemetry/sdk-metrics': locked['node_modules/@opentelemetry/sdk-metrics']?.version,
    // fastify loads it for tests only, in a version that asks for Node.js 22 unless an older one is there already.
    'light-my-request': '~6.6.0',
  });
  // They reach nobody who installs the package.
  expect(manifest.overrides).toBeUndefined();
});

test('no shipped package runs a script when it is installed', () => {
  const running = shipped.filter(
    ({ place, hasInstallScript }) => hasInstallScript || runsWhenInstalled(fileURLToPath(new URL(place, checkout))),
  );
  expect(running).toEqual([]);
});

test('every shipped package has a permissive license', () => {
  const licenses = new Set(shipped.map(({ license }) => license));
  expect([...licenses].sort()).toEqual(['Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT']);
});

test('every shipped package runs on the oldest Node.js that package.json names', () => {
  const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(manifest.engines.node) ?? [];
  const oldest = Number(major) * 1000 + Number(minor);
  const refusing = shipped.filter(({ engines }) => {
    const ranges = [...(engines?.node ?? '*').matchAll(/>=\s*(\d+)(?:\.(\d+))?/g)];
    const least = ranges.map(([, from, patch = 0]) => Number(from) * 1000 + Number(patch));
    return least.length > 0 && Math.min(...least) > oldest;
  });
  expect(oldest).toBeGreaterThan(20_000);
  expect(refusing).toEqual([]);
});

test('`npm run sbom` names every shipped package with version, license and checksum', () => {
  const text = execFileSync('npm', ['run', '--silent', 'sbom'], {
    cwd: fileURLToPath(checkout),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { bomFormat, components } = JSON.parse(text);
  const listed = new Set(
    (components as Component[]).map(({ purl, licenses, hashes }) =>
      JSON.stringify([
        decodeURIComponent(purl),
        licenses[0]?.license.id,
        hashes[0] && `sha512-${Buffer.from(hashes[0].content, 'hex').toString('base64')}`,
      ]),
    ),
  );
  const expected = shipped.map(({ name, version, license, integrity }) =>
    JSON.stringify([`pkg:npm/${name}@${version}`, license, integrity]),
  );
  expect(bomFormat).toBe('CycloneDX');
  expect([...listed].sort()).toEqual([...new Set(expected)].sort());
});

/** Of CycloneDX 1.5, as npm writes it. */
interface Component {
  readonly purl: string;
  readonly licenses: readonly { license: { id: string } }[];
  readonly hashes: readonly { content: string }[];
}
