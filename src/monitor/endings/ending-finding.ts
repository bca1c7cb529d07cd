import type { ExitStatus } from '../../linux/exit-status.ts';
import type { EndingFinding, FatalLimit } from '../../model/incident.ts';
import type { TargetSnapshot } from '../../model/snapshot.ts';
import type { RuntimeName } from '../../model/target.ts';
import type { Remains } from '../../runtimes/hotspot/remains.ts';

/** A heap's limit, and its live part. */
export interface HeapUse {
  readonly bytes: number;
  readonly usedBytes: number;
  /** V8: what is in the old generation, garbage included. */
  readonly oldBytes?: number;
}

/** What is known of a target that has ended, from outside. */
export interface EndingFacts {
  /** As of its last reading. */
  readonly snapshot: TargetSnapshot;
  /** The path of the cgroup whose kill was claimed for it. */
  readonly killedIn?: string | undefined;
  readonly node?: { readonly memoryBytes: number; readonly availableBytes: number } | undefined;
  /** The heap that was nearest to its limit, when it could last be read. */
  readonly heap?: HeapUse | undefined;
  /** OutOfMemoryErrors of the last minute, by kind. */
  readonly recentErrors: Readonly<Record<string, number>>;
  /** Memory errors in its log in the last minute, by kind. */
  readonly loggedErrors?: Readonly<Record<string, number>> | undefined;
  /** Files that a JVM has left in the last minutes. */
  readonly remains: readonly Remains[];
  /** Where its parent had not fetched it yet. */
  readonly exit?: ExitStatus | undefined;
  /** When it ended while heapwatch was not running: the Unix times between which that was. */
  readonly unwatched?: { readonly fromSeconds: number; readonly toSeconds: number };
}

/**
 * A heap whose live part fills this share of its limit when it was last read has, seconds later, nowhere to go: HotSpot
 * throws when collections free next to nothing.
 */
const AT_LIMIT = 0.88;

/**
 * V8 gives up when four collections in a row gain little over 80 % of its old generation's limit (`Heap::
 * CheckIneffectiveMarkCompact`), or when that is reached at once. By then it collects all the time, and neither the count
 * of collections nor what lived after them is told from outside: what is known of both is seconds old, and a twentieth is
 * what a quick leak gains in them.
 */
const V8_AT_LIMIT = 0.75;
const V8_LIVE = 0.7;

/** Below this share of free memory in the node, a kill in a cgroup that was far from its limit was for the node's sake. */
const NODE_SHORT = 0.1;

/** Signals of a program that went wrong: SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS; see signal(7). */
const CRASH_SIGNALS = new Map([
  [4, 'SIGILL'],
  [6, 'SIGABRT'],
  [7, 'SIGBUS'],
  [8, 'SIGFPE'],
  [11, 'SIGSEGV'],
  [31, 'SIGSYS'],
]);
const SIGABRT = 6;
/** Codes of programs that were asked to stop, by SIGINT or SIGTERM. */
const STOPPED_CODES = [130, 143];

/** Says how a target ended, as far as that can be known. */
export function findEnding(facts: EndingFacts): EndingFinding {
  const { unwatched } = facts;
  const finding =
    oomKilled(facts) ??
    heapLimit(facts) ??
    crashed(facts) ??
    ({ ending: 'ended', proof: [endedWords(facts)] } as const);
  return unwatched === undefined ? finding : { ...finding, proof: [...finding.proof, unwatchedWords(unwatched)] };
}

function oomKilled({ snapshot, killedIn, node, unwatched }: EndingFacts): EndingFinding | undefined {
  if (killedIn === undefined) return undefined;
  const fatalLimit = limitOfKill(snapshot, killedIn, node);
  const when = unwatched ? 'while heapwatch was not running' : 'when the process ended';
  const counted = `the kernel's out-of-memory killer struck in the cgroup ${killedIn} ${when}`;
  const { limit } = fatalLimit ?? {};
  const whose = limit === 'node' ? 'memory of the node was short, and no limit of a cgroup was near' : undefined;
  return {
    ending: 'oom_killed',
    proof: whose === undefined ? [counted] : [counted, whose],
    ...(fatalLimit && { fatalLimit }),
  };
}

function limitOfKill({ vitals }: TargetSnapshot, name: string, node: EndingFacts['node']): FatalLimit | undefined {
  const cgroup = vitals?.cgroup?.bindingAncestor ?? vitals?.cgroup;
  const limitBytes = cgroup?.limitBytes;
  const nodeIsShort = node !== undefined && node.availableBytes < NODE_SHORT * node.memoryBytes;
  if (limitBytes !== undefined && !(nodeIsShort && cgroup!.workingSetBytes < limitBytes / 2)) {
    // The path of a cgroup around it is not known, only its limit.
    const isOwn = vitals?.cgroup?.bindingAncestor === undefined;
    return { limit: 'cgroup', ...(isOwn && { name }), bytes: limitBytes, usedBytes: cgroup!.workingSetBytes };
  }
  if (node === undefined || (limitBytes !== undefined && !nodeIsShort)) return undefined;
  return { limit: 'node', bytes: node.memoryBytes, usedBytes: node.memoryBytes - node.availableBytes };
}

function heapLimit({
  snapshot,
  heap,
  recentErrors,
  loggedErrors = {},
  remains,
  exit,
  unwatched,
}: EndingFacts): EndingFinding | undefined {
  if (wasStopped(exit)) return undefined;
  const full = isFull(heap, snapshot.target.runtime) ? heap : undefined;
  const errors = Object.entries(recentErrors).filter(([, count]) => count > 0);
  const when = unwatched ? 'while heapwatch was not running' : 'in the last minute before the end';
  const dump = remains.find(({ kind }) => kind === 'heap_dump');
  const proof = [
    ...errors.map(
      ([kind, count]) => `${plural(count, 'OutOfMemoryError')} (${kind}) in the last minute before the end`,
    ),
    ...Object.entries(loggedErrors).map(
      ([kind, count]) => `its log told of ${plural(count, 'memory error')} (${kind}) ${when}`,
    ),
    ...(dump ? [`the JVM left the heap dump ${dump.name}, which it writes at an OutOfMemoryError`] : []),
    ...(full ? [fullWords(full)] : []),
    ...(full && signalOf(exit) === SIGABRT ? ['it ended by SIGABRT, as V8 ends when its heap is full'] : []),
  ];
  if (proof.length === 0) return undefined;
  const logs = remains.filter(({ kind }) => kind === 'crash_log').map(crashLogWords);
  return { ending: 'heap_limit', proof: [...proof, ...logs], ...(full && fatalHeap(full)) };
}

/** Who was stopped by hand did not end on its heap's limit, however near that was. */
function wasStopped(exit: ExitStatus | undefined): boolean {
  if (exit === undefined) return false;
  return 'code' in exit ? STOPPED_CODES.includes(exit.code) : exit.signal !== SIGABRT;
}

function signalOf(exit: ExitStatus | undefined): number | undefined {
  return exit !== undefined && 'signal' in exit ? exit.signal : undefined;
}

function isFull(heap: HeapUse | undefined, runtime: RuntimeName): boolean {
  if (heap === undefined) return false;
  const { bytes, usedBytes, oldBytes = 0 } = heap;
  if (runtime !== 'nodejs') return usedBytes >= AT_LIMIT * bytes;
  return usedBytes >= V8_LIVE * bytes && Math.max(usedBytes, oldBytes) >= V8_AT_LIMIT * bytes;
}

function fatalHeap({ bytes, usedBytes }: HeapUse): Pick<EndingFinding, 'fatalLimit'> {
  return { fatalLimit: { limit: 'heap', bytes, usedBytes } };
}

function fullWords({ bytes, usedBytes, oldBytes }: HeapUse): string {
  const share = (part: number) => `${Math.round((100 * part) / bytes)} %`;
  const old = oldBytes === undefined ? '' : `, and its old generation ${share(oldBytes)}`;
  return `its live heap filled ${share(usedBytes)} of its limit when it was last read${old}`;
}

function crashed({ remains, exit }: EndingFacts): EndingFinding | undefined {
  const name = CRASH_SIGNALS.get(signalOf(exit) ?? 0);
  const proof = [
    ...(name === undefined ? [] : [`it ended by ${name}`]),
    ...remains.filter(({ kind }) => kind === 'crash_log').map(crashLogWords),
  ];
  return proof.length === 0 ? undefined : { ending: 'crashed', proof };
}

function crashLogWords({ name }: Remains): string {
  return `the JVM left the crash log ${name}`;
}

function endedWords({ exit }: EndingFacts): string {
  if (exit === undefined) return 'it ended, and nothing that is seen from outside tells why';
  return 'code' in exit ? `it exited with code ${exit.code}` : `signal ${exit.signal} ended it`;
}

function unwatchedWords({ fromSeconds, toSeconds }: NonNullable<EndingFacts['unwatched']>): string {
  const [from, to] = [fromSeconds, toSeconds].map((seconds) => new Date(1000 * seconds).toISOString().slice(0, 19));
  return `it lived at ${from}Z, and was gone at ${to}Z`;
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
