import { onTestFinished } from 'vitest';
import { createMonitor, type MonitorOptions } from '../../src/monitor/monitor.ts';
import { createFakeClock } from './fake-clock.ts';
import {
  createFakeRuntime,
  createFakeTaker,
  createRecordedLog,
  type RecordedProcess,
  recordProcfs,
} from './fake-world.ts';

/** A monitor over recorded processes, with all that it depends on; it is closed with the test. */
export function createFakeMonitor(processes: readonly RecordedProcess[], options: Partial<MonitorOptions> = {}) {
  const clock = createFakeClock();
  const procfs = recordProcfs(...processes);
  const runtime = createFakeRuntime();
  const taker = createFakeTaker(clock);
  const log = createRecordedLog();
  const monitor = createMonitor({
    procfsPath: procfs.path,
    runtimes: [runtime],
    censusTaker: taker,
    minAgeSeconds: 0,
    maxTargets: 256,
    exportedTypes: 50,
    logger: log,
    clock,
    ...options,
  });
  onTestFinished(() => monitor.close());
  return { clock, procfs, runtime, taker, log, monitor };
}
