import { expect, onTestFinished, test } from 'vitest';
import { watchFreshRemains } from '../../src/monitor/fresh-remains.ts';
import { recordTree, statusText } from '../linux/recorded-tree.ts';

test('a heap dump is news for a minute or two, and then no more', () => {
  const tree = recordTree({ '815/status': statusText(1), '815/cwd/other': '' }); // its own pid is 7
  const remains = watchFreshRemains({ pid: 815, startTicks: 1, procfsPath: tree.path }, 60);
  onTestFinished(remains.close);
  const kinds = () => remains.find().map(({ kind }) => kind);
  remains.look(0);
  tree.write({ '815/cwd/java_pid7.hprof': 'dump' });
  expect(kinds()).toEqual(['heap_dump']);
  remains.look(59);
  remains.look(61);
  expect(kinds()).toEqual(['heap_dump']);
  remains.look(122);
  expect(kinds()).toEqual([]);
  tree.write({ '815/cwd/hs_err_pid7.log': 'crash' });
  expect(kinds()).toEqual(['crash_log']);
});
