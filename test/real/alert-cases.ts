import { anyInterpreter } from './interpreters.ts';
import { anyJdk } from './jdks.ts';
import { compileServices, javaService, nodeService, pythonService, type Rate, type Service } from './services.ts';

/** A service, and what Prometheus is to say of it. */
export interface Case extends Service {
  /** Alerts that must come, by name and severity; of the healthy none may. */
  readonly alerts: readonly string[];
  /** What must stand in the text of each, besides the name of the service. */
  readonly words: readonly string[];
  /** Alerts that may come besides, of the plain rules too. */
  readonly others: readonly string[];
}

const MIB = 1024 * 1024;
const STEADY: readonly Rate[] = [[0, 200]];
/** V8 looks through a heap that grows slowly too rarely for a run so short. */
const FAST: readonly Rate[] = [[0, 400]];
const overrun = (rate: number): readonly Rate[] => [
  [0, 100],
  [100, rate],
];

const SOON = 'HeapwatchOutOfMemorySoon critical';
const KILLED = 'HeapwatchOutOfMemoryKilled critical';
const PLAIN = ['HeapwatchSustainedGrowth', 'HeapwatchOutOfMemoryPredicted', 'HeapwatchLittleHeadroom'];
const growing = (alerts: string[], culprit: string) => ({
  alerts,
  words: [culprit, 'its nearest limit is met in'],
  others: [SOON, KILLED, ...PLAIN.map((name) => `${name} warning`)],
});
const leak = (culprit: string) => growing(['HeapwatchLeak warning'], culprit);
const backlog = (culprit: string) => growing(['HeapwatchBacklog warning'], culprit);
const undersized = {
  alerts: ['HeapwatchOverflow warning'],
  words: ['Memory is too small for the work of'],
  // With so little room what is still collected may look like growth that meets the limit.
  // And a heap that is collected without end may be refused by every census.
  others: [
    ...['GcThrashing', 'LittleHeadroom', 'OutOfMemoryPredicted'].map((name) => `Heapwatch${name} warning`),
    'HeapwatchCensusRefused info',
  ],
};
const healthy = { alerts: [], words: [], others: [] };
/** Until it is full it looks like a leak to a line through its floors, and that is all that the plain rule has. */
const filling = { ...healthy, others: ['HeapwatchOutOfMemoryPredicted warning'] };

const inPython = (file: string, ...args: string[]) => pythonService(anyInterpreter?.path ?? 'python3', file, ...args);
const inNode = (flags: readonly string[], file: string, ...args: string[]) =>
  nodeService(process.execPath, flags, file, ...args);
const heap = (mib: number) => [`--max-old-space-size=${mib}`];

export const pythonCases: readonly Case[] = [
  {
    name: 'python leak',
    command: inPython('sessions'),
    limitBytes: 150 * MIB,
    rates: STEADY,
    ...leak('__main__.Session'),
  },
  {
    name: 'python backlog',
    command: inPython('queue_of_tuples'),
    // Met within six minutes, so that somebody is called before.
    limitBytes: 330 * MIB,
    rates: overrun(700),
    ...growing(['HeapwatchBacklog warning', SOON], 'tuple'),
  },
  {
    name: 'python undersized',
    command: inPython('tables', '82'),
    limitBytes: 100 * MIB,
    rates: STEADY,
    ...undersized,
  },
  { name: 'python cache', command: inPython('lru_cache'), limitBytes: 150 * MIB, rates: STEADY, ...healthy },
  { name: 'python warm-up', command: inPython('warm_up'), limitBytes: 150 * MIB, rates: STEADY, ...healthy },
];

export const nodeCases: readonly Case[] = [
  { name: 'nodejs leak', command: inNode(heap(200), 'sessions'), rates: FAST, ...leak('Session') },
  { name: 'nodejs backlog', command: inNode(heap(300), 'promise_queue'), rates: overrun(700), ...backlog('Order') },
  {
    name: 'nodejs undersized',
    // Without room for the young, so that the limit is what is said.
    command: inNode([...heap(100), '--max-semi-space-size=1'], 'index_in_memory', '88'),
    rates: STEADY,
    ...undersized,
  },
  { name: 'nodejs cache', command: inNode(heap(100), 'lru_cache'), rates: STEADY, ...healthy },
  { name: 'nodejs visits', command: inNode(heap(100), 'visits'), rates: [[0, 50, 350, 120]], ...healthy },
];

/** They are compiled for the test that asks. */
export function javaCases(): readonly Case[] {
  const java = anyJdk?.java ?? 'java';
  const classes = compileServices(java);
  // Young enough, and early enough, for a cycle in every quarter of an hour.
  const g1 = (heapMib: number) => [
    '-XX:+UseG1GC',
    '-Xmn8m',
    `-XX:InitiatingHeapOccupancyPercent=${Math.floor(2400 / heapMib)}`,
  ];
  const inJava = (heapMib: number, ...rest: string[]) =>
    javaService(classes, java, [`-Xmx${heapMib}m`, ...g1(heapMib)], ...rest);
  return [
    { name: 'java leak', command: inJava(96, 'ThreadLocals'), rates: STEADY, ...leak('ThreadLocals$Trace') },
    { name: 'java backlog', command: inJava(320, 'WorkQueue'), rates: overrun(900), ...backlog('WorkQueue$Order') },
    { name: 'java undersized', command: inJava(96, 'IndexInMemory', '82'), rates: STEADY, ...undersized },
    { name: 'java cache', command: inJava(96, 'LruCache'), rates: STEADY, ...filling },
    { name: 'java batches', command: inJava(96, 'Batches'), rates: STEADY, ...healthy },
  ];
}
