import type { TargetHistory } from '../../src/model/history.ts';
import type { EndingFinding, Incident } from '../../src/model/incident.ts';
import type { Target } from '../../src/model/target.ts';
import { makeIncident } from '../../src/recorder/incident.ts';
import { sampleTarget } from '../metrics/sample-snapshot.ts';

/** 1_700_000_100 is the time of the sample's last reading. */
const END_SECONDS = 1_700_000_105;

export const sampleFinding: EndingFinding = {
  ending: 'oom_killed',
  proof: ['the kernel struck'],
  fatalLimit: { limit: 'cgroup', name: '/app', bytes: 200_000_000, usedBytes: 199_000_000 },
};

/** So many readings and censuses, one in a second, of a type that grows. */
export function growingHistory(readings: number, censuses: number, type = 'tuple'): TargetHistory {
  const at = (index: number, length: number) => END_SECONDS - length + index;
  return {
    readings: Array.from({ length: readings }, (_, index) => ({
      atSeconds: at(index, readings),
      heapUsedBytes: 1000 * index,
      residentBytes: 2000 * index,
      cpuSeconds: index,
    })),
    censuses: Array.from({ length: censuses }, (_, index) => ({
      atSeconds: at(index, censuses),
      types: [
        { type, count: 10 * (index + 1), bytes: 640 * (index + 1) },
        { type: 'module', count: 5, bytes: 500 },
      ],
    })),
  };
}

/** The sample target, killed so many seconds after the others. */
export function sampleIncident(
  secondsLater = 0,
  target: Partial<Target> = {},
  history = growingHistory(10, 3),
): Incident {
  return makeIncident(sampleTarget({}, target), history, sampleFinding, END_SECONDS + secondsLater);
}
