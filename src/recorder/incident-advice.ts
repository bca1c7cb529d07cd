import type { Assessment, Verdict } from '../model/assessment.ts';
import type { Ending, EndingFinding, FatalLimit, TypeGrowth } from '../model/incident.ts';
import type { RuntimeName } from '../model/target.ts';

/** What to do next, by what was the matter; the first sentence is the one to begin with. */
export function adviseOn(
  { ending, fatalLimit }: EndingFinding,
  assessment: Assessment | undefined,
  runtime: RuntimeName,
  grown: readonly TypeGrowth[] = [],
): string[] {
  return [...byGrowth(assessment, grown), ...byVerdict(assessment), ...byEnding(ending, fatalLimit?.limit, runtime)];
}

/** A leak that kills within minutes is not judged as one yet; what grew is known all the same. */
function byGrowth(assessment: Assessment | undefined, grown: readonly TypeGrowth[]): string[] {
  const isJudged = assessment?.verdict === 'leak' || assessment?.verdict === 'backlog';
  if (isJudged || grown.length === 0) return [];
  const types = grown.map(({ type }) => type).join(', ');
  return [
    `Look first at what keeps ${types}: they grew most, though not for long or not steadily enough to be judged a leak.`,
  ];
}

function byVerdict(assessment: Assessment | undefined): string[] {
  const { verdict, cause, suspects = [] } = assessment ?? {};
  const named = suspects.slice(0, 3).map(({ type }) => type);
  const types = named.length > 0 ? named.join(', ') : 'the types that grew most';
  switch (verdict satisfies Verdict | undefined) {
    case 'leak':
      if (cause === 'native') {
        return ['The heap did not grow, memory beside it did: look at native extensions, buffers and the allocator.'];
      }
      if (cause === 'uncollectable') {
        return ['The collector finds garbage that it may not free: look at gc.garbage, finalisers and gc.disable().'];
      }
      return [
        `Find what keeps ${types}: a list, map or cache without a bound, a listener that is never taken off.`,
        'A larger limit only delays the next end.',
      ];
    case 'backlog':
      return [`More came in than was worked off (${types}): bound the queue, or add consumers.`];
    case 'overflow':
      return cause === 'burst'
        ? ['Only spikes reached the limit: bound the batch, or raise the limit.']
        : [
            'Nothing grew, the memory is too small for the work: raise the limit, or make the heap fit into its container.',
          ];
    default:
      return [
        'Nothing had been found wrong before the end: compare the types and the memory below with a healthy process.',
      ];
  }
}

function byEnding(ending: Ending, limit: FatalLimit['limit'] | undefined, runtime: RuntimeName): string[] {
  if (ending === 'oom_killed' && limit === 'node') {
    return ['Give the processes of the node memory limits, so that the one that grows is the one that ends.'];
  }
  // CPython's heap has no limit of its own.
  if (ending === 'oom_killed' && runtime !== 'cpython') {
    return [
      "Let the heap's own limit stay below that of the container: the runtime then says what failed before the kernel kills.",
    ];
  }
  if (ending === 'crashed') return ['Read the crash log or core dump: memory need not be what it was.'];
  return [];
}
