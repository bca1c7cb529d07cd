import { expect, test } from 'vitest';
import type { IsolateVitals } from '../../../../src/runtimes/v8/vitals/heap-vitals.ts';
import { createLiveFloors } from '../../../../src/runtimes/v8/vitals/live-floors.ts';

const heap: IsolateVitals = { spaceUsedBytes: {}, arrayBufferBytes: 0, majorCollections: 1, minorCollections: 0 };
const [seconds] = process.hrtime();
const after = (oldBytes: number, secondsAgo: number): IsolateVitals => ({
  ...heap,
  lastFull: { oldBytes, endSeconds: seconds - secondsAgo },
});

test('the time of the last full collection is told by the clock that people use', () => {
  const floor = createLiveFloors()(new Map([[1, after(500, 60)]])).get(1)!;
  expect(floor.bytes).toBe(500);
  expect(Math.abs(floor.atSeconds - (Date.now() / 1000 - 60))).toBeLessThan(2);
});

test('a floor stays while the next collection runs, and keeps its time', () => {
  const floors = createLiveFloors();
  const first = floors(new Map([[1, after(500, 60)]])).get(1);
  expect(floors(new Map([[1, heap]])).get(1)).toBe(first);
  expect(floors(new Map([[1, after(500, 60)]])).get(1)).toBe(first);
  expect(floors(new Map([[1, after(700, 1)]])).get(1)!.bytes).toBe(700);
});

test('an isolate that has ended has no floor, nor has one before its first full collection', () => {
  const floors = createLiveFloors();
  floors(new Map([[1, after(500, 60)]]));
  expect(floors(new Map([[2, heap]])).size).toBe(0);
  expect(floors(new Map([[1, heap]])).size).toBe(0);
});
