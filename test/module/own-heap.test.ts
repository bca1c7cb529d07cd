import { expect, test } from 'vitest';
import type { TargetSnapshot } from '../../src/model/snapshot.ts';
import { startProgram } from '../real/program.ts';
import { until } from '../real/until.ts';
import { moduleUrl, ownNodes } from './watched.ts';

test.each(ownNodes)(
  'a service sees its own objects by type, and its floor to the byte, on Node.js $version',
  async ({ path }) => {
    const service = await startProgram(path, 'watched.mjs', moduleUrl);
    const counted = await until('a census', 20_000, async () => {
      const snapshot = await service.ask<TargetSnapshot>('snapshot');
      return snapshot.census && snapshot;
    });
    expect(counted.exportedTypes).toContainEqual(expect.objectContaining({ type: 'Session', count: 20_000 }));
    expect(await service.ask('page')).toContain('heapwatch_objects{runtime="nodejs",type="Session"} 20000\n');

    await until('the thread of the census to be gone', 20_000, async () => {
      return (await service.ask<number>('workers')) === 0 || undefined;
    });

    const { beganSeconds, usedBytes } = await service.ask<{ beganSeconds: number; usedBytes: number }>('floor');
    const { liveFloor } = await until('the floor of that collection', 20_000, async () => {
      const snapshot = await service.ask<TargetSnapshot>('snapshot');
      // To the millisecond, as Date.now() rounds.
      return (snapshot.liveFloor?.atSeconds ?? 0) >= beganSeconds - 0.002 ? snapshot : undefined;
    });
    expect(liveFloor!.bytes).toBe(usedBytes);
    expect(liveFloor!.atSeconds).toBeLessThan(beganSeconds + 5);
  },
);
