import { expect, test } from 'vitest';
import type { Target } from '../../../src/model/target.ts';
import { createDeathRegister } from '../../../src/monitor/endings/service-deaths.ts';

const target = (serviceName: string): Target => ({
  runtime: 'cpython',
  version: '3.11.7',
  process: { pid: 1, startTicks: 1, procfsPath: '/proc' },
  startTimeSeconds: 0,
  serviceName,
  command: 'python3',
});

test('a service starts with no deaths, and each is counted', () => {
  const register = createDeathRegister(3600);
  register.seen(target('shop'), 100);
  expect(register.list(100)).toEqual([{ serviceName: 'shop', runtime: 'cpython', oomKills: 0 }]);
  register.oomKilled(target('shop'));
  register.seen(target('shop'), 105);
  register.oomKilled(target('shop'));
  expect(register.list(105)).toEqual([{ serviceName: 'shop', runtime: 'cpython', oomKills: 2 }]);
});

test('a service is forgotten an hour after its last target', () => {
  const register = createDeathRegister(3600);
  register.seen(target('shop'), 100);
  register.seen(target('till'), 2000);
  expect(register.list(3700)).toHaveLength(2);
  expect(register.list(3701).map(({ serviceName }) => serviceName)).toEqual(['till']);
});

test('services are bounded', () => {
  const register = createDeathRegister(3600);
  for (let n = 0; n < 1500; n++) register.seen(target(`s${n}`), 100);
  register.oomKilled(target('s1499'));
  expect(register.list(100)).toHaveLength(1000);
});

test('names that are gone, first those that died of nothing, make room for one that lives', () => {
  const register = createDeathRegister(3600);
  for (let n = 0; n < 1000; n++) register.seen(target(`s${n}`), 100 + n / 1000);
  register.oomKilled(target('s0'));
  register.outOfMemory(target('s1'), { java_heap: 1 });
  register.outOfMemory(target('s2'), { java_heap: 0 });
  for (const name of ['shop', 'till']) register.seen(target(name), 105);
  for (let n = 4; n < 1000; n++) register.incident(target(`s${n}`), 'crashed');
  register.seen(target('desk'), 110);
  const names = register.list(110).map(({ serviceName }) => serviceName);
  expect(names).toHaveLength(1000);
  expect(names).toEqual(expect.arrayContaining(['s0', 's1', 's4', 'till', 'desk']));
  for (const name of ['s2', 's3', 'shop']) expect(names).not.toContain(name);
});

test('OutOfMemoryErrors add up by kind, and with those of an earlier run', () => {
  const register = createDeathRegister(3600);
  register.seen(target('shop'), 100);
  register.outOfMemory(target('shop'), {});
  expect(register.list(100)[0]).not.toHaveProperty('outOfMemoryErrors');
  register.outOfMemory(target('shop'), { java_heap: 1, metaspace: 0 });
  register.seen(target('shop'), 105);
  register.outOfMemory(target('shop'), { java_heap: 2 });
  register.outOfMemory(target('unseen'), { java_heap: 2 });
  expect(register.list(105)).toMatchObject([
    { serviceName: 'shop', outOfMemoryErrors: { java_heap: 3, metaspace: 0 } },
  ]);

  const later = createDeathRegister(3600);
  later.seen(target('shop'), 200);
  later.outOfMemory(target('shop'), { java_heap: 1 });
  later.restore(register.saved(105));
  expect(later.list(200)).toMatchObject([{ oomKills: 0, outOfMemoryErrors: { java_heap: 4, metaspace: 0 } }]);
});
