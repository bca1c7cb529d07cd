import { readPerfData } from '../../src/runtimes/hotspot/perf-data/perf-data-source.ts';
import { findCeilings } from '../../src/runtimes/hotspot/vitals/ceilings.ts';
import { readCollectors } from '../../src/runtimes/hotspot/vitals/collectors.ts';
import { readHeapSpaces } from '../../src/runtimes/hotspot/vitals/heap-spaces.ts';
import { createLiveFloor, isCollecting } from '../../src/runtimes/hotspot/vitals/live-floor.ts';
import { g1Values, perfDataBytes } from '../runtimes/hotspot/perf-data-bytes.ts';
import { mutateWord } from './mutation.ts';
import type { Random } from './random.ts';
import type { Subject } from './subject.ts';

/** An hsperfdata file is the target's to write: each case reads it twice, and it changes in between. */
export const perfDataSubject: Subject = {
  name: 'performance data of a JVM',
  share: 40,
  mostBytes: 2 ** 20,
  prepare(random) {
    const files = [hostile(random), hostile(random)];
    return () => {
      const data = readPerfData({
        bytes: 32 * 1024,
        fill: (into) => files.shift()!.copy(into),
        close: () => undefined,
      });
      const follow = createLiveFloor();
      return [0, 1].map(() => {
        data.read();
        const [spaces, collectors] = [readHeapSpaces(data), readCollectors(data)];
        const ceilings = findCeilings(undefined, data)(spaces);
        const live = follow(data, spaces, collectors);
        refuseImpossible([...Object.values(spaces.used), ...Object.values(spaces.committed), ceilings.limitBytes]);
        refuseImpossible([...collectors.flatMap((one) => [one.collections, one.pauseSeconds]), live?.bytes]);
        return [spaces, collectors, ceilings, live, isCollecting(data), data.text('java.property.java.version')];
      });
    };
  },
};

/** A few fields of the header and of the entries are changed, or what follows is cut off. */
function hostile(random: Random): Buffer {
  const bytes = perfDataBytes(g1Values);
  const used = bytes.readInt32LE(8);
  for (let changes = random.below(6); changes >= 0; changes--) {
    const at = 4 * random.below((random.oneIn(3) ? 32 : used) / 4);
    const word = mutateWord(bytes.readBigUInt64LE(at), random);
    if (random.oneIn(2)) bytes.writeUInt32LE(Number(word & 0xffffffffn), at);
    else bytes.writeBigUInt64LE(word, at);
  }
  return random.oneIn(10) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}

function refuseImpossible(values: readonly (number | undefined)[]): void {
  for (const value of values) {
    if (value !== undefined && !(value >= 0 && value < 2 ** 60)) throw new Error(`${value} is no size, count or time`);
  }
}
