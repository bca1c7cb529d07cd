import { expect, test } from 'vitest';
import type { Assessment } from '../../../src/model/assessment.ts';
import { verdictWords } from '../../../src/server/page/verdict-words.ts';
import { sampleTarget } from '../../metrics/sample-snapshot.ts';

const { oomEtaSeconds: _, ...sample } = sampleTarget().assessment!;
const { cause: __, ...causeless } = sample;

test.each<[Assessment, string]>([
  [{ ...causeless, verdict: 'warming_up', suspects: [] }, 'warming up'],
  [{ ...causeless, verdict: 'healthy', suspects: [] }, 'healthy'],
  [{ ...sample, oomEtaSeconds: 10_000 }, 'leak of objects: tuple, not.exported; 3 h to the limit'],
  [{ ...sample, cause: 'uncollectable', suspects: [] }, 'leak of garbage that is not collected'],
  [{ ...sample, verdict: 'overflow', cause: 'burst', suspects: [] }, 'bursts reach the limit'],
])('%o is told in words', (assessment, words) => {
  expect(verdictWords(assessment)).toBe(words);
});
