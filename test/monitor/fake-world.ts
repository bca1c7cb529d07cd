import type { CensusTaker } from '../../src/census/census-taker.ts';
import type { Census } from '../../src/model/census.ts';
import type { ProcessRef } from '../../src/model/target.ts';
import type { HeapVitals } from '../../src/model/vitals.ts';
import type { Logger } from '../../src/monitor/logger.ts';
import type { Runtime } from '../../src/runtimes/runtime.ts';
import { type RecordedTree, recordTree, statText, statusText } from '../linux/recorded-tree.ts';
import type { FakeClock } from './fake-clock.ts';

/** The machine of these tests was booted 1000 s before the fake clock starts. */
const BOOT_SECONDS = 1_700_000_000 - 1000;

export interface RecordedProcess {
  readonly pid: number;
  readonly startTicks?: number;
  readonly startStack?: number;
  readonly state?: string;
  readonly flags?: number;
  readonly comm?: string;
  readonly exe?: string;
  readonly args?: readonly string[];
  readonly residentKib?: number;
}

/** A procfs with a version 2 cgroup `/app` whose processes come and go. */
export interface RecordedProcfs {
  readonly path: string;
  set(process: RecordedProcess): void;
  end(pid: number): void;
  setOomKills(count: number): void;
  /** Puts heapwatch itself, the process 1, in a cgroup of so much memory. */
  setOwnMemory(usedBytes: number, limitBytes: number): void;
  readonly tree: RecordedTree;
}

export function recordProcfs(...processes: RecordedProcess[]): RecordedProcfs {
  const tree = recordTree({
    stat: `btime ${BOOT_SECONDS}\n`,
    meminfo: 'MemTotal: 1000 kB\nMemAvailable: 400 kB\n',
    python3: '',
    other: '',
  });
  tree.write({
    self: { link: '1' },
    '1/mountinfo': `1 1 0:1 / ${tree.path}/cgroups rw - cgroup2 cgroup2 rw\n`,
    '1/cgroup': '0::/heapwatch\n',
    'cgroups/app/memory.current': '1000000\n',
    'cgroups/app/memory.max': '2000000\n',
    'cgroups/app/memory.stat': 'inactive_file 0\n',
  });
  const procfs: RecordedProcfs = {
    path: tree.path,
    tree,
    set({ pid, exe = 'python3', startTicks = pid, residentKib = 2048, args = ['python3', 'app.py'], ...stat }) {
      tree.write({
        [`${pid}/stat`]: statText({ pid, startTicks, ...stat }),
        [`${pid}/status`]: statusText(residentKib),
        [`${pid}/cmdline`]: `${args.join('\0')}\0`,
        [`${pid}/cgroup`]: '0::/app\n',
        [`${pid}/exe`]: { link: `../${exe}` },
      });
    },
    end: (pid) => tree.write({ [pid]: undefined }),
    setOwnMemory: (usedBytes, limitBytes) =>
      tree.write({
        'cgroups/heapwatch/memory.current': `${usedBytes}\n`,
        'cgroups/heapwatch/memory.max': `${limitBytes}\n`,
        'cgroups/heapwatch/memory.stat': 'inactive_file 0\n',
      }),
    setOomKills: (count) => tree.write({ 'cgroups/app/memory.events': `oom_kill ${count}\n` }),
  };
  procfs.setOomKills(0);
  for (const process of processes) procfs.set(process);
  return procfs;
}

/** A runtime that has every process called python3, and does as it is told. */
export interface FakeRuntime extends Runtime {
  readonly detected: number[];
  readonly opened: number[];
  readonly closed: number[];
  /** Thrown by the function of this name, for one process or for all. */
  readonly failures: { detect?: Error; open?: Error; vitals?: Error; onlyPid?: number };
  heap: HeapVitals;
  /** Called in each `vitals`. */
  onVitals: () => void;
}

export function createFakeRuntime(): FakeRuntime {
  const failIf = (part: 'detect' | 'open' | 'vitals', { pid }: ProcessRef) => {
    const { [part]: error, onlyPid = pid } = runtime.failures;
    if (error !== undefined && onlyPid === pid) throw error;
  };
  const runtime: FakeRuntime = {
    name: 'cpython',
    detected: [],
    opened: [],
    closed: [],
    failures: {},
    heap: heapOf(1000, 0),
    onVitals: () => {},
    detect(process) {
      runtime.detected.push(process.pid);
      failIf('detect', process);
      return { runtime: 'cpython', version: '3.11.7' };
    },
    open(process) {
      failIf('open', process);
      runtime.opened.push(process.pid);
      return {
        vitals() {
          failIf('vitals', process);
          runtime.onVitals();
          return runtime.heap;
        },
        close: () => void runtime.closed.push(process.pid),
      };
    },
    census: () => {
      throw new Error('the taker calls it, not the monitor');
    },
  };
  return runtime;
}

export function heapOf(usedBytes: number, fullCollections: number): HeapVitals {
  return {
    usedBytes,
    spaceUsedBytes: {},
    externalBytes: {},
    gc: [
      { gc: '0', collections: 77, full: false },
      { gc: '2', collections: fullCollections, full: true },
    ],
  };
}

/** Takes a census in no time at all, or in as much as it is told. */
export interface FakeTaker extends CensusTaker {
  readonly taken: { readonly pid: number; readonly atSeconds: number }[];
  durationSeconds: number;
  error: Error | undefined;
}

export function createFakeTaker(clock: FakeClock): FakeTaker {
  const taker: FakeTaker = {
    taken: [],
    durationSeconds: 0.01,
    error: undefined,
    async take({ pid }) {
      taker.taken.push({ pid, atSeconds: clock.elapsedSeconds() });
      if (taker.error !== undefined) throw taker.error;
      return censusOf(clock.nowSeconds(), taker.durationSeconds);
    },
    rest: () => {},
    close: async () => {},
  };
  return taker;
}

export function censusOf(takenAtSeconds: number, durationSeconds: number): Census {
  const types = [
    { type: 'tuple', count: 30, bytes: 3000 },
    { type: 'dict', count: 20, bytes: 9000 },
    { type: 'str', count: 10, bytes: 100 },
  ];
  const sums = { objects: 60, bytes: 12_100, spaceUsedBytes: {}, spaceCommittedBytes: {} };
  return { takenAtSeconds, durationSeconds, types, ...sums, quality: { skippedRatio: 0, scannedBytes: 12_100 } };
}

export interface RecordedLog extends Logger {
  readonly lines: string[];
}

export function createRecordedLog(): RecordedLog {
  const lines: string[] = [];
  const write = (level: string) => (_: object, message: string) => void lines.push(`${level} ${message}`);
  return { lines, info: write('info'), warn: write('warn'), error: write('error') };
}
