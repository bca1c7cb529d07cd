import type { Meter } from '@opentelemetry/api';
import { registerInstruments } from '../exporters/otel-instruments.ts';
import type { SnapshotSource } from '../model/snapshot.ts';
import { gcDurations } from './gc-durations.ts';
import { build, isOwnMetric, type Output } from './output.ts';
import { createV8jsInstruments } from './v8js-instruments.ts';

/** Creates the catalogue's instruments, and those that the semantic conventions know. */
export function fillMeter(meter: Meter, source: SnapshotSource): Output {
  const stopCatalogue = registerInstruments(meter, source, build, { includes: isOwnMetric });
  const v8js = createV8jsInstruments(meter);
  const durations = meter.createHistogram('heapwatch.gc.duration', {
    description: gcDurations.help,
    unit: 's',
    advice: { explicitBucketBoundaries: [...gcDurations.buckets] },
  });
  return {
    record(gc, seconds) {
      durations.record(seconds, { gc });
      v8js.record(gc, seconds);
    },
    close() {
      stopCatalogue();
      v8js.close();
    },
  };
}
