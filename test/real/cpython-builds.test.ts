import { expect, test } from 'vitest';
import { cpython } from '../../src/runtimes/cpython/index.ts';
import { interpreters } from './interpreters.ts';
import { testNeeding } from './needs.ts';
import { refOf } from './process-ref.ts';
import { startProgram, startProgramWith } from './program.ts';
import { canMakeUnknownPython, startWithUnknownPython } from './unknown-python.ts';

const noAbort = () => new Int32Array(new SharedArrayBuffer(4));

test.each(interpreters)(
  'the census of a busy CPython $version at $path: constants exact, replaced ones close',
  async ({ path }) => {
    const program = await startProgram(path, 'busy.py', '60000');
    const process = refOf(program.pid);
    cpython.census(process, noAbort()); // the first one compiles our own code and takes longer
    const turnsBefore = await program.ask<number>('turns');
    const counts = Array.from({ length: 10 }, () => {
      const found = new Map(cpython.census(process, noAbort()).types.map((row) => [row.type, row.count]));
      return { constant: found.get('__main__.Constant'), replaced: found.get('__main__.Replaced') ?? 0 };
    });
    const turns = (await program.ask<number>('turns')) - turnsBefore;

    expect(turns, 'objects replaced while we looked').toBeGreaterThan(10_000);
    expect(counts.map((one) => one.constant)).toEqual(counts.map(() => 60_000));
    for (const { replaced } of counts) expect(Math.abs(replaced - 60_000) / 60_000).toBeLessThan(0.02);
  },
);

test.each(interpreters)(
  'objects of CPython $version that malloc holds are all found, in every kind of arena',
  async ({ path }) => {
    const program = await startProgram(path, 'large.py');
    const census = cpython.census(refOf(program.pid), noAbort());
    const found = new Map(census.types.map((row) => [row.type, row]));
    const fills = 4;
    expect(found.get('__main__.Small')?.count).toBe(3000 * fills);
    expect(found.get('__main__.Wide')).toMatchObject({ count: 2000 * fills, trackedCount: 2000 * fills });
    expect(found.get('__main__.Mapped')?.count).toBe(20 * fills);
    expect(found.get('__main__.Mapped')?.bytes).toBeGreaterThan(300_000 * 20 * fills);
    expect(found.get('__main__.Mapped')?.bytes).toBeLessThan(310_000 * 20 * fills);
    expect(census.spaceUsedBytes.large).toBeGreaterThan((600 * 3000 + 800 * 2000 + 300_000 * 20) * fills);
    expect(census.quality.skippedRatio).toBe(0);
  },
);

const debugHooks = 'do not lie where its version has them';
const noArenas = "table of pymalloc's arenas was not found";

test.each(
  interpreters.flatMap(({ path, version }) => [
    { path, version, setting: 'PYTHONMALLOC=debug', env: { PYTHONMALLOC: 'debug' }, reason: debugHooks },
    { path, version, setting: 'PYTHONMALLOC=malloc', env: { PYTHONMALLOC: 'malloc' }, reason: noArenas },
  ]),
)(
  'a census of CPython $version under $setting is refused with the reason, its GC is still read',
  async ({ path, env, reason }) => {
    const program = await startProgramWith(env, path, 'healthy.py');
    const process = refOf(program.pid);
    expect(() => cpython.census(process, noAbort())).toThrow(
      expect.objectContaining({ kind: 'unsupported', message: expect.stringContaining(reason) }),
    );
    const session = cpython.open(process);
    expect(session.vitals().gc.map((one) => one.gc)).toEqual(['0', '1', '2']);
    session.close();
  },
);

testNeeding('CPython 3.11 or newer', canMakeUnknownPython)(
  'a CPython of an unknown version is detected, and refused with the versions that we read',
  async () => {
    const process = refOf((await startWithUnknownPython('healthy.py')).pid);
    expect(cpython.detect(process)).toEqual({ runtime: 'cpython', version: '3.99.0' });
    const refused = expect.objectContaining({ kind: 'unsupported', message: expect.stringContaining('2.7, 3.6, 3.7') });
    expect(() => cpython.open(process)).toThrow(refused);
    expect(() => cpython.census(process, noAbort())).toThrow(refused);
  },
);
