import type { TargetSnapshot } from '../../src/model/snapshot.ts';
import { sampleTarget } from './sample-snapshot.ts';

/** Names that a process can give its classes to break whoever prints them, as a reader finds them. */
export const hostileNames: readonly string[] = [
  '',
  'two\nlines\r\n# EOF\ninjected 1',
  '"} 1\ninjected{x="',
  'back\\slash\\',
  'nul\0 bell\u0007 escape\u001b[31m',
  'evil\u202eeman',
  'half \ud83d',
  'other half \udc00',
  '\u2028\u2029\ufeff',
  '<script>alert(1)</script>',
  "' onmouseover='alert(1)",
  '{"json": null}',
  '__proto__',
  'x'.repeat(1_000_000),
  '👩'.repeat(10_000),
];

/** A target with such names as they are, as if nobody had made them safe before. */
export function hostileTarget(): TargetSnapshot {
  const types = hostileNames.map((type, index) => ({ type, count: 100 - index, bytes: 1000 - index }));
  const { census } = sampleTarget();
  return sampleTarget(
    { exportedTypes: types, census: { ...census!, types } },
    { serviceName: hostileNames[2]!, command: hostileNames[1]!, version: hostileNames[9]! },
  );
}
