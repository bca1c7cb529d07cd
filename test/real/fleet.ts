import { chmodSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { recordTree } from '../linux/recorded-tree.ts';
import { pidInside } from './container.ts';
import { type Program, startProgram } from './program.ts';

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

  async function start(wanted?: number): Promise<Member> {
    const name = `Fleet${String.fromCharCode(...[...String(count++)].map((digit) => 65 + Number(digit)))}`;
    const ids = await program.ask<Omit<Member, 'name'>>(`start ${name} ${wanted ?? ''}`);
    const member = { ...ids, name };
    living.set(member.pid, member);
    ever.set(`${member.pid} ${member.startTicks}`, member);
    if (member.pid === wanted) reusedPids++;
    return member;
  }

  return {
    living,
    ever,
    through,
    start,
    async replace(pid, reused) {
      expect(living.delete(pid)).toBe(true);
      await program.ask(`end ${pid}`);
      await start(reused ? pid : undefined);
    },
    get reusedPids() {
      return reusedPids;
    },
  };
}
