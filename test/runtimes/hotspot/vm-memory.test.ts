import { expect, test } from 'vitest';
import { ProcessMemory, readMappings } from '../../../src/memory/process-memory.ts';
import { VmMemory } from '../../../src/runtimes/hotspot/vm-memory.ts';
import { refOf } from '../../real/process-ref.ts';
import { startCommand } from '../../real/program.ts';
import { until } from '../../real/until.ts';

test('what cannot be seen is gone after an exec, and has changed in a program that lives', async () => {
  const program = await startCommand({}, 'sh', ['-c', 'echo ready now; read line; exec sleep 60']);
  const ref = refOf(program.pid);
  const memory = new ProcessMemory(ref);
  const vm = new VmMemory(memory, { fields: new Map(), typeBytes: new Map(), constants: new Map() });
  const { start } = readMappings(ref)[0]!;
  expect(vm.bytes(start, 4).toString('latin1')).toBe('\x7fELF');
  expect(() => vm.word(0)).toThrow(
    expect.objectContaining({ kind: 'busy', message: expect.stringContaining('changed') }),
  );

  program.send('go');
  await until('the exec', 10_000, () => !memory.hasAddressSpace());
  expect(() => vm.word(start)).toThrow(expect.objectContaining({ kind: 'gone' }));
  memory.close();
});
