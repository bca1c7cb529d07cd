import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished } from 'vitest';
import type { ReadFailure } from '../../src/model/failure.ts';
import type { ProcessRef } from '../../src/model/target.ts';
import { runtimes } from '../../src/runtimes/index.ts';
import type { Runtime } from '../../src/runtimes/runtime.ts';
import { anyInterpreter } from './interpreters.ts';
import { javaCommand } from './java-program.ts';
import { anyJdk } from './jdks.ts';
import { testNeeding } from './needs.ts';
import { refOf } from './process-ref.ts';
import { programsFolder } from './readable.ts';

// A runtime that is just starting is half made, and one that is just ending half gone: neither is a build that cannot be
// read, nor a file that may not be.

const lives = 30;
const commands: readonly (readonly [name: string, command: readonly string[] | undefined])[] = [
  ['cpython', anyInterpreter && [anyInterpreter.path, `${programsFolder}healthy.py`]],
  ['nodejs', [process.execPath, `${programsFolder}v8-leak.mjs`, 'sessions']],
  ['jvm', anyJdk && javaCommand(anyJdk, ['-XX:+UseSerialGC'], 'JvmVitals')],
];

/** Reads without a rest, until the process is gone; answers every other outcome. */
function readToTheEnd({ census, open }: Runtime, ref: ProcessRef): Set<string> {
  const outcomes = new Set<string>();
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
    try {
      open(ref).close();
      census(ref, new Int32Array(1));
      outcomes.add('read');
    } catch (error) {
      const { kind, message } = error as ReadFailure;
      if (kind === 'gone') return outcomes;
      outcomes.add(kind === 'busy' ? kind : `${kind}: ${message}`);
    }
  }
  return outcomes.add('never gone');
}

for (const [name, command] of commands) {
  testNeeding(name, command !== undefined)(
    `${name}: from its first moment to its last a process is read, busy or gone`,
    async () => {
      const runtime = runtimes.find((one) => one.name === name)!;
      const outcomes = new Set<string>();
      for (let life = 0; life < lives; life++) {
        const child = spawn(command![0]!, command!.slice(1), { stdio: ['pipe', 'ignore', 'ignore'] });
        onTestFinished(() => void child.kill('SIGKILL'));
        await once(child, 'spawn');
        // By another process, as this one is busy reading.
        spawn('sh', ['-c', `sleep ${0.1 + life * 0.03}; kill -KILL ${child.pid}`]);
        for (const outcome of readToTheEnd(runtime, refOf(child.pid!))) outcomes.add(outcome);
      }
      outcomes.delete('busy'); // on a quiet machine there may be no such moment
      expect([...outcomes]).toEqual(['read']);
    },
  );
}
