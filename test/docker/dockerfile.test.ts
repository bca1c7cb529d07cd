import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { contextPaths, dockerfile, parseCopy, repository } from './dockerfile.ts';

const copied = dockerfile
  .filter(({ word }) => word === 'COPY')
  .map(parseCopy)
  .filter(({ stage }) => stage === undefined)
  .flatMap(({ sources }) => sources.map((source) => source.replace(/^\.\//, '')));

test('what the Dockerfile copies is there, and git knows it', () => {
  expect(copied).toContain('src');
  for (const path of copied) {
    expect([path, existsSync(new URL(path, repository))]).toEqual([path, true]);
    const known = execFileSync('git', ['ls-files', path], { cwd: fileURLToPath(repository), encoding: 'utf8' });
    expect([path, known !== '']).toEqual([path, true]);
  }
});

test('what the Dockerfile copies is let through, and nothing else is', () => {
  expect([...contextPaths].sort()).toEqual([...new Set(copied)].sort());
});

/** As a Dockerfile writes it. */
const variable = (name: string) => `$\{${name}}`;
const built = dockerfile.filter(({ word }) => word === 'FROM').map(({ rest }) => rest);
const defaults = new Map(
  dockerfile
    .filter(({ word, rest }) => word === 'ARG' && rest.includes('='))
    .map(({ rest }) => {
      const [name = '', value = ''] = rest.split(/=(.*)/s);
      return [name, value];
    }),
);
const expand = (text: string): string =>
  text.replace(/\$\{(\w+)\}/g, (variable, name: string) =>
    defaults.has(name) ? expand(defaults.get(name)!) : variable,
  );

test('both stages stand on the same base unless another is named, and each can be pinned', () => {
  const platform = `--platform=${variable('BUILDPLATFORM')}`; // the engine tells it
  const base = variable('NODE_IMAGE') + variable('NODE_DIGEST');
  expect(built).toEqual([`${platform} ${base} AS build`, variable('BASE_IMAGE')]);
  defaults.set('NODE_DIGEST', '@sha256:0123');
  const pinned = 'node:20-bookworm-slim@sha256:0123';
  expect(built.map(expand)).toEqual([`${platform} ${pinned} AS build`, pinned]);
});

test.each([
  ['amd64', 0, ''],
  ['', 0, ''],
  ['arm64', 1, 'heapwatch reads x86-64 only, not arm64\n'],
])('for the architecture "%s" the build ends with %i', (architecture, code, complaint) => {
  const check = dockerfile.find(({ word, rest }) => word === 'RUN' && rest.includes('TARGETARCH'))?.rest ?? '';
  const run = spawnSync('sh', ['-ec', check], { env: { TARGETARCH: architecture }, encoding: 'utf8' });
  expect([run.status, run.stderr]).toEqual([code, complaint]);
});

test('it is nobody who runs it, unless someone else is asked for', () => {
  expect(dockerfile.findLast(({ word }) => word === 'USER')?.rest).toBe('65534:65534');
});
