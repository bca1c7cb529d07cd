import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Target } from '../../src/model/target.ts';
import { watchLog } from '../../src/recorder/log-watch.ts';
import { recordTree } from '../linux/recorded-tree.ts';
import { sampleTarget } from '../metrics/sample-snapshot.ts';
import { fdInfo } from './fd-info.ts';

const ID = 'f'.repeat(64);

/** A target that writes to these files of a tree, by their descriptors. */
function logOf(files: Record<string, string | { link: string }>, target: Partial<Target> = {}) {
  const tree = recordTree({ 'out.log': '', ...files });
  const info = fdInfo(join(tree.path, 'out.log'));
  tree.write({ '7/fdinfo/1': info, '7/fdinfo/2': info });
  const process = { pid: 7, startTicks: 1, procfsPath: tree.path };
  const folders = { docker: join(tree.path, 'docker'), kubernetes: join(tree.path, 'kubernetes') };
  const watch = watchLog({ ...sampleTarget().target, process, ...target }, folders);
  onTestFinished(() => watch?.close());
  return { watch, append: (name: string, text: string) => appendFileSync(join(tree.path, name), text) };
}

const OUT = { '7/fd/1': { link: '../../out.log' }, '7/fd/2': { link: '../../out.log' } };

test('errors and their stacks are kept in order, and nothing else', () => {
  const { watch, append } = logOf(OUT);
  append('out.log', 'GET / 200\nERROR pool exhausted\n  at take (pool.js:7)\nGET / 500\n  not of a stack\n');
  watch!.read(100);
  append('out.log', 'java.lang.OutOfMemoryError: Java heap space\n');
  expect(watch!.read(105)).toEqual({ java: 1 });
  expect(watch!.errors(105, 600)).toEqual({
    lines: ['ERROR pool exhausted', '  at take (pool.js:7)', 'java.lang.OutOfMemoryError: Java heap space'],
    memoryErrors: { java: 1 },
  });
});

test('an error is counted once, whatever its stack repeats', () => {
  const { watch, append } = logOf(OUT);
  const python =
    "Traceback (most recent call last):\n  File 'a.py', line 1\n    raise MemoryError(why)\nMemoryError: no\n";
  const java = 'OutOfMemoryError: heap\n\tat A.b(A.java:1)\nCaused by: java.lang.OutOfMemoryError: heap\n';
  const wrapped = 'java.lang.RuntimeException: late\n\tat A.b(A.java:1)\nCaused by: java.lang.OutOfMemoryError: heap\n';
  append('out.log', python + java);
  expect(watch!.read(100)).toEqual({ python: 1, java: 1 });
  append('out.log', wrapped);
  expect(watch!.read(105)).toEqual({ java: 1 });
  expect(watch!.errors(105, 60).memoryErrors).toEqual({ python: 1, java: 2 });
});

test('only those of the last minutes are told', () => {
  const { watch, append } = logOf(OUT);
  append('out.log', 'MemoryError\n');
  watch!.read(100);
  append('out.log', 'ERROR late\n');
  watch!.read(200);
  expect(watch!.errors(200, 60)).toEqual({ lines: ['ERROR late'], memoryErrors: {} });
});

test('of a flood of errors the newest are kept', () => {
  const { watch, append } = logOf(OUT);
  for (let round = 0; round < 5; round++) {
    append('out.log', `ERROR in round ${round}\n`.repeat(100));
    watch!.read(100);
  }
  const { lines } = watch!.errors(100, 60);
  expect([lines.length, lines[0], lines.at(-1)]).toEqual([200, 'ERROR in round 3', 'ERROR in round 4']);
});

test.each([
  ['Docker', `docker/${ID}/${ID}-json.log`, '{"log":"ERROR failed\\n","stream":"stderr","time":"x"}\n'],
  ['Kubernetes', `kubernetes/shop_default_app-${ID}.log`, '2026-11-22T21:30:45.123456789Z stderr F ERROR failed\n'],
])('the log that %s keeps of a container', (_, file, line) => {
  const { watch, append } = logOf({ [file]: '' }, { container: { id: ID } });
  append(file, line);
  watch!.read(100);
  expect(watch!.errors(100, 60).lines).toEqual(['ERROR failed']);
});

test('who writes to a pipe, and is in no container, has no log', () => {
  expect(logOf({ '7/fd/1': { link: 'pipe:[1]' } }).watch).toBeUndefined();
});
