import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { anyInterpreter } from '../real/interpreters.ts';
import { Lines } from '../real/lines.ts';
import { testNeeding } from '../real/needs.ts';
import { allNodes, lineOf } from '../real/nodes.ts';
import { asOwnService, watchOwnService } from '../real/own-service.ts';
import { startProgramWith } from '../real/program.ts';
import { until } from '../real/until.ts';
import { runsWhenInstalled } from './install-scripts.ts';
import { checkout, hasRegistry, install, type Packed, pack } from './packed.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';
const registry = hasRegistry();
const withRegistry = testNeeding("npm's registry", registry);
const folder = mkdtempSync(join(tmpdir(), 'heapwatch-package-'));
afterAll(() => rmSync(folder, { recursive: true }));

let packed: Packed;
/** A folder with heapwatch in its node_modules. */
let service: string;
beforeAll(() => {
  packed = pack(folder);
  if (registry) service = install(folder, packed.path);
}, 600_000);

test('the package has what runs and what is imported elsewhere, and nothing of its making', () => {
  const kinds = packed.files.map(({ path }) => path.replace(/^(dist|dashboards|helm\/heapwatch)\/.*/, '$1'));
  expect([...new Set(kinds)].sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dashboards',
    'dist',
    'docs/module.md',
    'docs/runbooks.md',
    'helm/heapwatch',
    'package.json',
  ]);
  const unwanted = /generate|dist\/dashboards|helm\/heapwatch\/ci|(?<!\.d)\.c?ts$|\.map$|\.test\./;
  expect(packed.files.map(({ path }) => path).filter((path) => unwanted.test(path))).toEqual([]);
  expect(packed.size).toBeLessThan(800_000);
  expect(packed.unpackedSize).toBeLessThan(3_000_000);
});

test('no file of the package names a place of the machine that made it, or a map that is not there', () => {
  const copy = join(folder, 'copy');
  const naming = packed.files.filter(({ path }) => {
    const text = readFileSync(join(copy, path), 'utf8');
    return text.includes(folder) || text.includes('sourceMappingURL');
  });
  expect(naming).toEqual([]);
});

/** Where `#!/usr/bin/env node` finds this one. */
const withNode = (node: string) => ({ ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) });

function run(command: string, args: string[], node = process.execPath, cwd = service) {
  const options = { cwd, env: withNode(node), encoding: 'utf8', timeout: 300_000 } as const;
  const { status, stdout, stderr } = spawnSync(command, args, options);
  return { status, stdout, stderr };
}

withRegistry('what npm installs beside it runs no script of its own', () => {
  const { packages } = JSON.parse(readFileSync(join(service, 'node_modules/.package-lock.json'), 'utf8'));
  const places = Object.keys(packages);
  expect(places.length).toBeGreaterThan(50);
  const running = places.filter((place) => runsWhenInstalled(join(service, place)));
  expect(running).toEqual([]);
});

const use = (imports: string) => `${imports}
const register = new Registry();
const server = fastify();
server.register(fastifyHeapwatch, { register, path: '/heap', census: { types: 10 } });
(async () => {
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const [used] = /heapwatch_heap_used_bytes\\{.*?\\} \\d+/.exec(await (await fetch(url + '/heap')).text()) ?? [];
  await server.close();
  const watch = watchHeap({ register: new Registry(), census: false });
  console.log(typeof used, watch.snapshot().up);
  watch.close();
})();
`;
const asModule = use(`import { fastifyHeapwatch, watchHeap } from 'heapwatch';
import { Registry } from 'prom-client';
import { fastify } from 'fastify';`);
const asCommonJs = use(`const { fastifyHeapwatch, watchHeap } = require('heapwatch');
const { Registry } = require('prom-client');
const { fastify } = require('fastify');`);

/** Those that may run heapwatch: its reach is wider. */
const ownNodes = allNodes.filter((node) => Number(lineOf(node)) >= 20);

for (const { path: node, version } of ownNodes) {
  withRegistry(`Node.js ${version} imports and requires the installed module`, () => {
    writeFileSync(join(service, 'service.mjs'), asModule);
    writeFileSync(join(service, 'service.cjs'), asCommonJs);
    for (const file of ['service.mjs', 'service.cjs']) {
      const done = run(node, [file], node);
      expect([file, done]).toEqual([file, { status: 0, stdout: 'string true\n', stderr: '' }]);
    }
  });

  withRegistry(
    `Node.js ${version} runs the installed heapwatch: --version, doctor, and serve of a real process`,
    async () => {
      const command = join(service, 'node_modules/.bin/heapwatch');
      const { pid } = await startProgramWith(asOwnService, python, 'healthy.py');
      expect(run(command, ['--version'], node)).toMatchObject({
        status: 0,
        stdout: `heapwatch ${packed.version}\n`,
      });
      expect(run(command, ['doctor', String(pid)], node)).toMatchObject({ status: 0, stderr: '' });

      const child = spawn(command, ['serve', '--web.listen-address=127.0.0.1:0', ...watchOwnService], {
        cwd: service,
        env: withNode(node),
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      const line = await new Lines(child.stdout).next((text) => text.includes('http://'), 60_000, 'the address');
      const url = /http:\/\/[\d.]+:\d+/.exec(line)?.[0];
      await until('the objects of the Python program', 60_000, async () => {
        const page = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(20_000) })).text();
        expect(page).toMatch(new RegExp(`heapwatch_objects\\{.*pid="${pid}",type="(__main__\\.)?Order"\\} 10000\n`));
        expect(page).toContain(`nodejs_version_info{version="v${version}"`);
        return true;
      });
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    },
  );
}

withRegistry('`npx heapwatch` runs where it is installed, and from the archive where nothing is', () => {
  const fine = { status: 0, stdout: `heapwatch ${packed.version}\n` };
  expect(run('npx', ['heapwatch', '--version'])).toMatchObject(fine);
  const empty = mkdtempSync(join(folder, 'empty-'));
  // A cache of its own: npx keeps what it installed there.
  const fromArchive = [
    '--yes',
    `--cache=${join(folder, 'cache')}`,
    `--package=${packed.path}`,
    'heapwatch',
    '--version',
  ];
  expect(run('npx', fromArchive, process.execPath, empty)).toMatchObject(fine);
});

withRegistry('TypeScript takes the installed types for both kinds of modules, and checks them themselves too', () => {
  const program = `
import { fastifyHeapwatch, watchHeap, type HeapWatch } from 'heapwatch';
import { Registry } from 'prom-client';
import { fastify } from 'fastify';
const watch: HeapWatch = watchHeap({ register: new Registry(), census: { types: 10 } });
export const used: number | undefined = watch.snapshot().vitals?.heap?.usedBytes;
// @ts-expect-error no such option
watchHeap({ cenus: false });
fastify().register(fastifyHeapwatch, { path: '/heap', register: new Registry() });
`;
  writeFileSync(join(service, 'typed.mts'), program);
  writeFileSync(join(service, 'typed.cts'), program);
  const tsc = join(checkout, 'node_modules/.bin/tsc');
  const options = ['--noEmit', '--strict', '--types', 'node', '--typeRoots', join(checkout, 'node_modules/@types')];
  for (const kind of ['node16', 'nodenext']) {
    const done = run(tsc, [...options, '--module', kind, 'typed.mts', 'typed.cts']);
    expect([kind, done]).toEqual([kind, { status: 0, stdout: '', stderr: '' }]);
  }
});
