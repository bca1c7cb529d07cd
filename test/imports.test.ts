import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { expect, test } from 'vitest';

/** Who may import whom, by folder, or by file where only that one is allowed. Everybody may import their own folder. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  model: [],
  memory: ['model'],
  linux: ['model'],
  analysis: ['model'],
  metrics: ['model'],
  config: ['model'],
  recorder: ['model', 'linux'],
  runtimes: ['model', 'memory', 'linux'],
  census: ['model', 'runtimes'],
  monitor: ['model', 'linux', 'runtimes', 'census', 'analysis', 'recorder'],
  exporters: ['model', 'metrics'],
  server: ['model', 'config', 'exporters'],
  dashboards: ['model', 'metrics', 'analysis/thresholds.ts'],
  module: [
    ...['model', 'runtimes', 'census', 'analysis', 'monitor'],
    ...['exporters/prometheus.ts', 'exporters/otel-instruments.ts', 'config/version.ts'],
  ],
  'index.ts': ['module', 'model'],
  'cli.ts': ['*'],
  'generate.ts': ['*'],
  commands: ['*'],
};

/** These say what is and judge it: no I/O and no packages. */
const pure = ['model', 'analysis', 'metrics'];

/** Names every import of a file in src/ that the table forbids; `file` and the answer are relative to src/. */
function forbiddenImports(file: string, text: string): string[] {
  const folder = file.split(sep)[0]!;
  const permitted = allowed[folder];
  if (permitted === undefined) return [`${file}: ${folder} is not in the table`];
  // Static, dynamic, re-exported, for their effects, by `new URL` (workers): whatever names a module in quotes.
  const specifiers = [...text.matchAll(/(?:\bfrom|\bimport|\bimport\(|new URL\()\s*['"]([^'"]+)['"]/g)].map(
    ([, name]) => name!,
  );
  return specifiers.flatMap((specifier) => {
    if (!specifier.startsWith('.')) return pure.includes(folder) ? [`${file} -> ${specifier}`] : [];
    const imported = join(dirname(file), specifier);
    const importedFolder = imported.split(sep)[0]!;
    const permits = importedFolder === folder || importedFolder === '..' || permitted.includes('*');
    return permits || permitted.includes(importedFolder) || permitted.includes(imported)
      ? []
      : [`${file} -> ${imported}`];
  });
}

test('the folders import each other in the permitted directions only', () => {
  const source = join(import.meta.dirname, '../src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(20);
  expect(files.flatMap((file) => forbiddenImports(file, readFileSync(join(source, file), 'utf8')))).toEqual([]);
});

test.each([
  ['metrics/heap.ts', "import { x } from '../runtimes/index.ts';", ['metrics/heap.ts -> runtimes/index.ts']],
  ['model/a.ts', "import type { x } from '../linux/b.ts';", ['model/a.ts -> linux/b.ts']],
  ['analysis/floor.ts', "import { readFileSync } from 'node:fs';", ['analysis/floor.ts -> node:fs']],
  ['runtimes/v8/a.ts', "await import('../../census/worker.ts')", ['runtimes/v8/a.ts -> census/worker.ts']],
  ['census/a.ts', "new Worker(new URL('../monitor/w.ts', import.meta.url))", ['census/a.ts -> monitor/w.ts']],
  ['module/a.ts', "export * from '../exporters/otlp.ts';", ['module/a.ts -> exporters/otlp.ts']],
  ['module/a.ts', "export * from '../exporters/prometheus.ts';", []],
  ['helpers/a.ts', '', ['helpers/a.ts: helpers is not in the table']],
  ['server/routes/a.ts', "import { b } from '../b.ts';\nimport { c } from '../../config/c.ts';", []],
])('the test itself judges %s with %s', (file, text, expected) => {
  expect(forbiddenImports(file, text)).toEqual(expected);
});
