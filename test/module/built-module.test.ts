import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const dist = join(checkout, 'dist');

/** Every file that this one loads, and every package. */
function loadedBy(entry: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const follow = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, specifier = ''] of text.matchAll(/(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*["']([^"']+)["']/g)) {
      if (specifier.startsWith('.')) follow(join(dirname(file), specifier));
      else if (!specifier.startsWith('node:')) packages.add(specifier);
    }
  };
  follow(join(dist, entry));
  return { files, packages };
}

test.each(['index.js', 'index.cjs'])('who loads %s loads prom-client, and no SDK, server or other package', (entry) => {
  const { files, packages } = loadedBy(entry);
  expect(files.size).toBeGreaterThan(50);
  expect([...packages].filter((name) => name !== 'url')).toEqual(['prom-client']);
  expect([...files].filter((file) => /exporters\/otlp|server\/|commands\//.test(file))).toEqual([]);
});

/** A service's folder with heapwatch and what it brings along in its node_modules. */
function createService(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-service-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(checkout, join(folder, 'node_modules/heapwatch'));
  for (const name of ['prom-client', 'fastify', '@types']) {
    symlinkSync(join(checkout, 'node_modules', name), join(folder, 'node_modules', name));
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function run(folder: string, ...command: readonly [string, ...string[]]) {
  const [program, ...args] = command;
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8', timeout: 60_000 });
  return { status, stdout, stderr };
}

test.each([
  ['service.mjs', "import { watchHeap } from 'heapwatch';"],
  ['service.cjs', "const { watchHeap } = require('heapwatch');"],
])('%s finds the package by its name', (name, line) => {
  const folder = createService({ [name]: `${line} console.log(watchHeap({ census: false }).snapshot().up);` });
  expect(run(folder, process.execPath, name)).toEqual({ status: 0, stdout: 'true\n', stderr: '' });
});

test.each([
  ['service.mjs', "import { watchHeap } from 'heapwatch'; import { register } from 'prom-client';"],
  ['service.cjs', "const { watchHeap } = require('heapwatch'); const { register } = require('prom-client');"],
])('%s works where the SDK cannot be found, also with a meter', (name, lines) => {
  const folder = createService({
    // Whoever asks for a package of OpenTelemetry other than the API is told that there is none.
    'no-sdk.mjs': `import Module, { register } from 'node:module';
const refuse = (name) => { if (/^@opentelemetry\\/(?!api$)/.test(name)) throw new Error('no ' + name); };
const find = Module._resolveFilename;
Module._resolveFilename = (name, ...rest) => { refuse(name); return find(name, ...rest); };
register('data:text/javascript,' + encodeURIComponent(
  'const refuse = ' + refuse + '; export const resolve = (name, context, next) => { refuse(name); return next(name, context); };'
));
`,
    [name]: `${lines}
const observable = () => ({ addCallback() {}, removeCallback() {}, record() {} });
const meter = new Proxy({}, { get: () => observable });
const watch = watchHeap({ register, meter });
(async () => {
  const [sdk] = await Promise.allSettled([import('@opentelemetry/sdk-metrics')]);
  const page = await register.metrics();
  console.log(sdk.reason?.message, watch.snapshot().up, page.includes('heapwatch_heap_used_bytes{'));
  watch.close();
})();
`,
  });
  const stdout = 'no @opentelemetry/sdk-metrics true true\n';
  expect(run(folder, process.execPath, '--import', './no-sdk.mjs', name)).toEqual({ status: 0, stdout, stderr: '' });
});

test('its types are right for both kinds of modules', () => {
  const use = `
const watch: HeapWatch = watchHeap({ register: new Registry(), census: { types: 10 } });
const used: number | undefined = watch.snapshot().vitals?.heap?.usedBytes;
// @ts-expect-error no such option
watchHeap({ cenus: false });
fastify().register(fastifyHeapwatch, { path: '/heap', register: new Registry() });
export { used };
`;
  const imports = `
import { fastifyHeapwatch, watchHeap, type HeapWatch } from 'heapwatch';
import { Registry } from 'prom-client';
import { fastify } from 'fastify';
`;
  const folder = createService({ 'service.mts': imports + use, 'service.cts': imports + use });
  const tsc = join(checkout, 'node_modules/.bin/tsc');
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', 'node'];
  const result = run(folder, tsc, ...options, 'service.mts', 'service.cts');
  expect(result).toEqual({ status: 0, stdout: '', stderr: '' });
});
