import { expect, test } from 'vitest';
import { startProgram } from '../real/program.ts';
import { moduleUrl, ownNodes } from './watched.ts';

interface Counted {
  readonly events: Readonly<Record<string, number>>;
  readonly seconds: Readonly<Record<string, number>>;
}

interface Burst {
  readonly before: { readonly ours: Counted; readonly others: number };
  readonly profiled: readonly { readonly gcType: string; readonly seconds: number }[];
  readonly ours: Counted;
  readonly others: number;
}

const kinds: Readonly<Record<string, string>> = {
  Scavenge: 'minor',
  MinorMarkSweep: 'minor',
  MarkSweepCompact: 'major',
  IncrementalMarking: 'incremental',
  ProcessWeakCallbacks: 'weakcb',
};

test.each(ownNodes)(
  "of bursts in one turn of the event loop every event counts, as in V8's own profiler, on Node.js $version",
  async ({ path }) => {
    const service = await startProgram(path, 'watched.mjs', moduleUrl);
    const { before, profiled, ours, others } = await service.ask<Burst>('burst 4');
    const events: Record<string, number> = {};
    let seconds = 0;
    for (const event of profiled) {
      const kind = kinds[event.gcType]!;
      events[kind] = (events[kind] ?? 0) + 1;
      seconds += event.seconds;
    }
    expect(events.minor).toBeGreaterThan(10);
    expect(events.major).toBeGreaterThanOrEqual(4);
    for (const [kind, count] of Object.entries(events)) {
      expect([kind, ours.events[kind]! - (before.ours.events[kind] ?? 0)]).toEqual([kind, count]);
    }
    const sum = (counted: Counted) => Object.values(counted.seconds).reduce((total, value) => total + value, 0);
    const ratio = (sum(ours) - sum(before.ours)) / seconds;
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(1.05);
    // Why we count ourselves: when this fails, prom-client reads all events of a batch at last.
    expect(others - before.others).toBeLessThan(profiled.length / 2);
  },
);
