import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { recordTree } from '../linux/recorded-tree.ts';
import { pidInside } from './container.ts';
import { refOf } from './process-ref.ts';
import { type Program, startProgram } from './program.ts';
import { statusOf } from './stopped.ts';
import { until } from './until.ts';

/** One process of a fleet. */
export interface Member {
  readonly pid: number;
  readonly startTicks: number;
  /** Of the class that it alone holds. */
  readonly name: string;
}

/** Many small processes in a pid namespace of their own; they end with the test. */
export interface Fleet {
  readonly living: ReadonlyMap<number, Member>;
  /** Everyone that ever was, by pid and start time. */
  readonly ever: ReadonlyMap<string, Member>;
  /** A program that runs its arguments in the fleet's namespaces. */
  readonly through: string;
  start(pid?: number): Promise<Member>;
  /** Takes in a program that was started through `through`, with arguments that hold the name. */
  enlist(start: (name: string) => Promise<Program>): Promise<Member>;
  end(pid: number): Promise<void>;
  /** Ends a member; when it shall be `reused`, its pid belongs to a new one at once. */
  replace(pid: number, reused: boolean): Promise<void>;
  readonly reusedPids: number;
}

export async function startFleet(python: string): Promise<Fleet> {
  const tree = recordTree({
    namespaces: `#!/bin/sh\nexec unshare --pid --fork --kill-child --mount-proc '${python}' "$@"\n`,
  });
  chmodSync(`${tree.path}/namespaces`, 0o755);
  const program: Program = await startProgram(`${tree.path}/namespaces`, 'fleet.py');
  const through = `${tree.path}/through`;
  writeFileSync(
    through,
    `#!/bin/sh\nexec nsenter --target ${pidInside(program.pid)} --pid --mount setpriv --pdeathsig KILL "$@"\n`,
  );
  chmodSync(through, 0o755);

  const living = new Map<number, Member>();
  const ever = new Map<string, Member>();
  let count = 0;
  let reusedPids = 0;

  /** Programs that were enlisted, by their pid in the fleet. */
  const enlisted = new Map<number, Program>();

  function nextName(): string {
    return `Fleet${String.fromCharCode(...[...String(count++)].map((digit) => 65 + Number(digit)))}`;
  }

  function join(member: Member): Member {
    living.set(member.pid, member);
    ever.set(`${member.pid} ${member.startTicks}`, member);
    return member;
  }

  async function start(wanted?: number): Promise<Member> {
    const name = nextName();
    const ids = await program.ask<Omit<Member, 'name'>>(`start ${name} ${wanted ?? ''}`);
    const member = join({ ...ids, name });
    if (member.pid === wanted) reusedPids++;
    return member;
  }

  async function end(pid: number): Promise<void> {
    expect(living.delete(pid)).toBe(true);
    const entrance = enlisted.get(pid);
    enlisted.delete(pid);
    if (entrance === undefined) await program.ask(`end ${pid}`);
    else await endEnlisted(entrance);
  }

  return {
    living,
    ever,
    through,
    start,
    async enlist(startProgram) {
      const name = nextName();
      const entrance = await startProgram(name);
      const outerPid = pidInside(entrance.pid);
      const pid = Number(statusOf(outerPid).NSpid?.split('\t').at(-1));
      enlisted.set(pid, entrance);
      return join({ pid, startTicks: refOf(outerPid).startTicks, name });
    },
    end,
    async replace(pid, reused) {
      await end(pid);
      await start(reused ? pid : undefined);
    },
    get reusedPids() {
      return reusedPids;
    },
  };
}

/** SIGKILL; the program of its namespaces, its parent, reaps it and ends. */
async function endEnlisted(entrance: Program): Promise<void> {
  const inner = pidInside(entrance.pid);
  process.kill(inner, 'SIGKILL');
  await until(`process ${inner} to be gone`, 10_000, () => !existsSync(`/proc/${inner}`));
}
