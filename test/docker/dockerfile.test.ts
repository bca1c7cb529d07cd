import { execFileSync } from 'node:child_process';
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

test('both stages stand on the same base, which can be pinned', () => {
  const bases = dockerfile.filter(({ word }) => word === 'FROM').map(({ rest }) => rest.split(' ')[0]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Docker's variables
  const base = '${NODE_IMAGE}${NODE_DIGEST}';
  expect(bases).toEqual([base, base]);
});

test('it is nobody who runs it, unless someone else is asked for', () => {
  expect(dockerfile.findLast(({ word }) => word === 'USER')?.rest).toBe('65534:65534');
});
