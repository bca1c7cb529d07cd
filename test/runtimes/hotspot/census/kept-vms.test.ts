import { expect, test } from 'vitest';
import { KeptRegions } from '../../../../src/runtimes/hotspot/census/kept-regions.ts';
import { findKeptVm, forgetEndedVms, keepVm } from '../../../../src/runtimes/hotspot/census/kept-vms.ts';
import { refOf } from '../../../real/process-ref.ts';
import { tallyOf } from '../heap-words.ts';

const process = (pid: number) => ({ pid, startTicks: 1, procfsPath: '/proc' });
const empty = { structs: { fields: new Map(), typeBytes: new Map(), constants: new Map() }, flagPlaces: new Map() };

test('what is kept is that of the process and its libjvm, and of no more than 256 processes', () => {
  for (let pid = 1; pid <= 256; pid++) keepVm(process(pid), { ...empty, identity: 'one' });
  expect(findKeptVm(process(1), 'one')).toBeDefined();
  expect(findKeptVm(process(1), 'another')).toBeUndefined();
  expect(findKeptVm({ ...process(1), startTicks: 2 }, 'one')).toBeUndefined();

  keepVm(process(1), findKeptVm(process(1), 'one')!); // used again
  keepVm(process(257), { ...empty, identity: 'one' });
  expect(findKeptVm(process(1), 'one')).toBeDefined();
  expect(findKeptVm(process(2), 'one')).toBeUndefined();
});

test('regions are kept of those that were used last, as long as their bytes are not too many', () => {
  for (const pid of [1001, 1002, 1003]) keepVm(process(pid), { ...empty, identity: 'one', regions: regionsOf(10_000) });
  const has = (pid: number) => findKeptVm(process(pid), 'one')?.regions !== undefined;
  expect([1001, 1002, 1003].map(has)).toEqual([false, true, true]);
});

test('processes that have ended are forgotten, and none that lives', () => {
  const { pid } = globalThis.process;
  keepVm(refOf(pid), { ...empty, identity: 'one' });
  keepVm({ ...refOf(pid), startTicks: 1 }, { ...empty, identity: 'one' });
  forgetEndedVms();
  expect(findKeptVm(refOf(pid), 'one')).toBeDefined();
  expect(findKeptVm({ ...refOf(pid), startTicks: 1 }, 'one')).toBeUndefined();
  expect(findKeptVm(process(1003), 'one')).toBeUndefined();
});

/** As many parts of 2,900 bytes. */
function regionsOf(parts: number): KeptRegions {
  const regions = new KeptRegions(tallyOf().classes, { begun: '', full: 0, concurrent: 0 });
  const counts = new Float64Array(300);
  for (let at = 0; at < parts; at++) regions.keep(at, { end: at + 1, sample: 0, counts });
  return regions;
}
