import { expect, test } from 'vitest';
import { ReadFailure } from '../../src/model/failure.ts';
import { openHeapSession } from '../../src/monitor/heap-session.ts';
import { createFakeRuntime } from './fake-world.ts';

const PROCESS = { pid: 42, startTicks: 1, procfsPath: '/proc' };
const BACK_OFF = { roundSeconds: 5, longestBackOffSeconds: 60 };

test('nothing is opened before it is read, and only once', () => {
  const runtime = createFakeRuntime();
  const session = openHeapSession(runtime, PROCESS, BACK_OFF);
  expect(session.isOpen).toBe(false);
  expect(session.read(0, undefined)).toEqual({ heap: runtime.heap });
  session.read(5, undefined);
  expect(runtime.opened).toEqual([42]);
});

test('what cannot be opened is tried less and less often', () => {
  const runtime = createFakeRuntime();
  runtime.failures.open = new ReadFailure('unsupported', 'too new');
  const session = openHeapSession(runtime, PROCESS, BACK_OFF);
  const tries: number[] = [];
  for (let at = 0; at <= 300; at += 5) {
    const reading = session.read(at, undefined);
    expect(reading).toMatchObject({ error: runtime.failures.open });
    if ('error' in reading && reading.triedNow) tries.push(at);
  }
  expect(tries).toEqual([0, 5, 15, 35, 75, 135, 195, 255]);
});

test('a session that fails is closed and opened again', () => {
  const runtime = createFakeRuntime();
  const session = openHeapSession(runtime, PROCESS, BACK_OFF);
  session.read(0, undefined);
  runtime.failures.vitals = new ReadFailure('unreadable', 'nonsense');
  expect(session.read(5, undefined)).toEqual({ error: runtime.failures.vitals, triedNow: true });
  expect(runtime.closed).toEqual([42]);
  delete runtime.failures.vitals;
  expect(session.read(10, undefined)).toEqual({ heap: runtime.heap });
  expect(runtime.opened).toEqual([42, 42]);
});

test('a busy heap is read again at once, by the same session', () => {
  const runtime = createFakeRuntime();
  const session = openHeapSession(runtime, PROCESS, BACK_OFF);
  session.read(0, undefined);
  runtime.failures.vitals = new ReadFailure('busy', 'changes too fast');
  expect(session.read(5, undefined)).toMatchObject({ triedNow: true });
  delete runtime.failures.vitals;
  expect(session.read(5.001, undefined)).toEqual({ heap: runtime.heap });
  expect(runtime.opened).toEqual([42]);
});

test('closing twice closes once', () => {
  const runtime = createFakeRuntime();
  const session = openHeapSession(runtime, PROCESS, BACK_OFF);
  session.read(0, undefined);
  session.close();
  session.close();
  expect(runtime.closed).toEqual([42]);
});
