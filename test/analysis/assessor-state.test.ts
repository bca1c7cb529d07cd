import { expect, test } from 'vitest';
import { createAssessor } from '../../src/analysis/assessor.ts';
import { parseAssessorState } from '../../src/analysis/assessor-state.ts';
import { noise, samplesOf } from './samples.ts';

const samples = samplesOf(6, (hour) => ({
  floorMb: 200 + 60 * hour,
  types: { Order: 1000 + 60_000 * hour, Other: 5000 },
}));

function stateAfter(count: number): unknown {
  const assessor = createAssessor({ censusCountsGarbage: false });
  for (const sample of samples.slice(0, count)) assessor.add(sample);
  return JSON.parse(JSON.stringify(assessor.state()));
}

test.each([0, 1, 7, 60, samples.length])('what is kept after %d samples is known again', (count) => {
  const state = stateAfter(count);
  expect(parseAssessorState(state)).toEqual(state);
});

/** Every place in a value, as a function that puts something else there. */
function places(value: unknown): ((other: unknown) => void)[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => {
    const put = (other: unknown) => {
      holder[key] = other;
    };
    return [put, ...places(holder[key])];
  });
}

test('what is altered is refused, or does no harm', () => {
  const random = noise(3);
  const others = [null, 'x', -1, 1e300, {}, [], Array(1000).fill(0), true];
  const text = JSON.stringify(stateAfter(samples.length));
  let refused = 0;
  for (let round = 0; round < 150; round++) {
    const state = JSON.parse(text);
    // Half of them near the top, as nearly all places are numbers of the past.
    const all = places(round % 2 ? state : { ...state, past: { ...state.past, vitals: 0, censuses: 0 } });
    all[Math.floor(Math.abs(random()) * all.length) % all.length]!(others[round % others.length]);
    try {
      const assessor = createAssessor({ censusCountsGarbage: false }, parseAssessorState(state));
      for (const sample of samples.slice(-5)) assessor.add({ ...sample, atSeconds: sample.atSeconds + 600 });
      expect(assessor.assessment()?.evidence).toBeInstanceOf(Array);
    } catch (error) {
      expect(error).toMatchObject({ kind: 'unreadable' });
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(30);
  expect(refused).toBeLessThan(150);
});
