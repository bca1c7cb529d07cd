import { expect, test } from 'vitest';
import { readOwnPids } from '../../src/linux/own-processes.ts';
import { recordTree, statText } from './recorded-tree.ts';

/** Each process is the parent of the next; the last one is ours. */
function ownPidsBelow(...chain: { comm: string; args: string[] }[]): number[] {
  const tree = recordTree({ self: { link: String(100 + chain.length - 1) } });
  chain.forEach(({ comm, args }, index) => {
    const pid = 100 + index;
    tree.write({
      [`${pid}/stat`]: statText({ pid, comm, parentPid: index === 0 ? 0 : pid - 1, startTicks: pid }),
      [`${pid}/cmdline`]: `${args.join('\0')}\0`,
    });
  });
  return [...readOwnPids(tree.path)].sort();
}

const us = { comm: 'node', args: ['node', 'dist/cli.js'] };
const shell = { comm: 'sh', args: ['sh', '-c', 'node dist/cli.js'] };
const npm = { comm: 'npm start', args: ['npm start'] };
const app = { comm: 'node', args: ['node', '/srv/app.js'] };

test.each([
  ['by hand', [shell, us], [101]],
  ['by npm', [shell, npm, shell, us], [101, 103]],
  [
    'by npx in a script of npm',
    [npm, shell, { comm: 'npm exec heapw', args: ['npm exec heapwatch'] }, us],
    [100, 102, 103],
  ],
  ['by yarn', [{ comm: 'node', args: ['/usr/bin/node', '/usr/bin/yarn', 'start'] }, shell, us], [100, 102]],
  ['by an application', [app, us], [101]],
  ['by npm that an application runs', [app, npm, shell, us], [101, 103]],
  ['by an application that npm runs', [npm, shell, app, us], [103]],
  ['by a script called npm-report.js', [{ comm: 'node', args: ['node', 'npm-report.js'] }, us], [101]],
])('started %s, only we and what started us are ours', (_, chain, expected) => {
  expect(ownPidsBelow(...chain)).toEqual(expected);
});

test('a chain that does not end is followed so far', () => {
  const tree = recordTree({
    self: { link: '5' },
    '5/stat': statText({ pid: 5, comm: 'sh', parentPid: 5, startTicks: 1 }),
    '5/cmdline': 'sh\0',
  });
  expect([...readOwnPids(tree.path)]).toEqual([5]);
});

test('nothing is ours in the procfs of a pid namespace that we are not in', () => {
  const { path } = recordTree({ '1/stat': statText({ pid: 1, startTicks: 1 }) });
  expect([...readOwnPids(path)]).toEqual([]);
});

test('in the real procfs we are ours', () => {
  expect(readOwnPids('/proc')).toContain(process.pid);
});
