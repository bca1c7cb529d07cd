import { killHeadroom } from '../../analysis/headroom.ts';
import { readMeminfo } from '../../linux/meminfo.ts';
import { absentOnFailure } from '../../model/failure.ts';
import type { EvidenceFile } from '../../model/incident.ts';
import type { EvidenceCounts } from '../../model/snapshot.ts';
import type { ProcessRef, Target } from '../../model/target.ts';
import type { EvidenceStore } from '../../recorder/evidence-store.ts';
import { failureOf } from '../failure-report.ts';
import type { Logger } from '../logger.ts';
import type { TargetWatch } from '../target-watch.ts';
import type { MonitorTimes } from '../times.ts';

/**
 * Asks JVMs whose end is near for what only they can say of themselves; only when the user says so, and only when that
 * cannot be what kills them. Never throws: what fails is told and counted.
 */
export interface EvidenceTaker {
  /** To be called in every round of every living target. */
  consider(watch: TargetWatch): void;
  of(target: Target): EvidenceFile | undefined;
  counts(): EvidenceCounts;
  /** Waits for the one that is being asked. */
  close(): Promise<void>;
}

export interface EvidenceTakerOptions {
  readonly store: EvidenceStore;
  readonly times: MonitorTimes;
  /** Where procfs is mounted. */
  readonly procfsPath: string;
  readonly logger: Logger;
  /** Has a JVM write its class histogram. Rejects with `ReadFailure`. */
  readonly askHistogram?: (process: ProcessRef) => Promise<string>;
}

/**
 * A JVM counts into a table of its C heap, some 50 bytes a class, and collects the answer there before it sends it, up to
 * 200 bytes a class in a buffer that doubles: 10 MB for 20,000 classes. Nothing of it is in the Java heap.
 */
const NEEDED_BYTES = 64 * 1024 * 1024;

export function createEvidenceTaker(options: EvidenceTakerOptions): EvidenceTaker {
  const { store, times, procfsPath, logger, askHistogram = askAttached } = options;
  const counts = { taken: 0, refused: 0, failed: 0 };
  const considered = new WeakSet<TargetWatch>();
  let asking: Promise<void> | undefined;
  let closed = false;

  function isDue({ target, assessment }: TargetWatch): boolean {
    const isNear = (assessment?.oomEtaSeconds ?? Number.POSITIVE_INFINITY) < times.criticalSeconds;
    return isNear && target.runtime === 'jvm' && store.of(target) === undefined;
  }

  async function take({ target }: TargetWatch): Promise<void> {
    const fields = { pid: target.process.pid, service: target.serviceName };
    try {
      await store.add(target, await askHistogram(target.process));
      counts.taken++;
      logger.info(fields, 'the end is near: the class histogram of the JVM is kept');
    } catch (error) {
      counts.failed++;
      logger.warn(fields, `no class histogram of the JVM was taken: ${failureOf(error).message}`);
    }
  }

  return {
    consider(watch) {
      if (closed || asking !== undefined || considered.has(watch) || !isDue(watch)) return;
      considered.add(watch);
      const availableBytes = absentOnFailure(() => readMeminfo(procfsPath))?.availableBytes;
      const headroom = killHeadroom(watch.vitals, availableBytes);
      if (headroom !== undefined && headroom >= NEEDED_BYTES) {
        asking = take(watch).finally(() => {
          asking = undefined;
        });
        return;
      }
      counts.refused++;
      const { process, serviceName: service } = watch.target;
      const left = headroom === undefined ? 'is not known' : `is ${headroom} bytes`;
      const words = `no class histogram is taken: it may need ${NEEDED_BYTES} bytes, and what is left until the kernel kills ${left}`;
      logger.warn({ pid: process.pid, service }, words);
    },
    of: store.of,
    counts: () => ({ ...counts }),
    async close() {
      closed = true;
      await asking;
    },
  };
}

/** Not even loaded before the user has opted in. */
async function askAttached(process: ProcessRef): Promise<string> {
  const { askHistogram } = await import('../../runtimes/hotspot/attach-protocol/asked-census.ts');
  return askHistogram(process);
}
