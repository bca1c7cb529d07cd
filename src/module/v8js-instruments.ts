import { getHeapSpaceStatistics } from 'node:v8';
import type { BatchObservableResult, Meter } from '@opentelemetry/api';
import type { Output } from './output.ts';

// OpenTelemetry's semantic conventions for V8 (docs/runtime/v8js-metrics.md, release 1.44, in development there): raw
// readings under the names that other instrumentations use too.

const spaceName = 'v8js.heap.space.name';

export function createV8jsInstruments(meter: Meter): Output {
  const bytes = (name: string, description: string) =>
    meter.createObservableUpDownCounter(name, { description, unit: 'By' });
  const used = bytes('v8js.memory.heap.used', 'Heap in use by space.');
  const size = bytes('v8js.memory.heap.space.size', 'Heap that is reserved by space.');
  const available = bytes('v8js.memory.heap.space.available_size', 'Heap that is free to use by space.');
  const physical = bytes('v8js.memory.heap.space.physical_size', 'Heap that is committed by space.');
  const all = [used, size, available, physical];
  const durations = meter.createHistogram('v8js.gc.duration', {
    description: 'Time for which V8 stopped the thread to collect garbage.',
    unit: 's',
    advice: { explicitBucketBoundaries: [0.01, 0.1, 1, 10] },
  });
  const collect = (result: BatchObservableResult) => {
    for (const space of getHeapSpaceStatistics()) {
      const attributes = { [spaceName]: space.space_name };
      result.observe(used, space.space_used_size, attributes);
      result.observe(size, space.space_size, attributes);
      result.observe(available, space.space_available_size, attributes);
      result.observe(physical, space.physical_space_size, attributes);
    }
  };
  meter.addBatchObservableCallback(collect, all);
  return {
    record: (kind, seconds) => durations.record(seconds, { 'v8js.gc.type': kind }),
    close: () => meter.removeBatchObservableCallback(collect, all),
  };
}
