import { ReadFailure } from '../../model/failure.ts';
import type { EndingFinding } from '../../model/incident.ts';
import { makeIncident } from '../../recorder/incident.ts';
import type { IncidentStore } from '../../recorder/incident-store.ts';
import type { LogErrors } from '../../recorder/log-sieve.ts';
import { type Collector, createCollector } from '../collector.ts';
import { createFailureReport } from '../failure-report.ts';
import type { Logger } from '../logger.ts';
import type { TargetWatch } from '../target-watch.ts';
import type { EvidenceTaker } from './evidence-taker.ts';
import type { DeathRegister } from './service-deaths.ts';

/** Of one that is watched, or that was by an earlier run of ours. */
export type Remembered = Pick<TargetWatch, 'target' | 'history' | 'snapshot'>;

/** Keeps what was remembered of those that died of memory, or were ill. Never throws: what fails is told and counted. */
export interface IncidentRecorder extends Pick<Collector, 'stats'> {
  /** To be called once, before the first round. */
  load(): void;
  /** Whether the end of such a process since then, Unix time, is kept already. */
  has(pid: number, sinceSeconds: number): boolean;
  /** An uneventful end is no incident. `log` is what its log said of failures, where that is watched. */
  record(watch: Remembered, finding: EndingFinding, endedAtSeconds: number, log?: LogErrors): void;
  /** Waits until all of them are written. */
  close(): Promise<void>;
}

export interface IncidentRecorderOptions {
  /** Without one incidents are counted only. */
  readonly incidentStore?: IncidentStore;
  readonly register: Pick<DeathRegister, 'incident'>;
  readonly logger: Logger;
  readonly evidence?: Pick<EvidenceTaker, 'of'> | undefined;
}

/** Those that wait to be written: as many as are kept. A disk is slower than processes that crash one after the other. */
const MOST_WAITING = 100;
/** Verdicts of a process that is ill. */
const ILL = new Set(['leak', 'backlog', 'overflow']);

export function createIncidentRecorder({
  incidentStore,
  register,
  logger,
  evidence,
}: IncidentRecorderOptions): IncidentRecorder {
  const collector = createCollector('incidents');
  const report = createFailureReport(logger, 'keeping incidents', {});
  let writing = Promise.resolve();
  let waiting = 0;

  async function attempt(work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
      report.worked();
    } catch (error) {
      collector.failed(error);
      report.failed(error);
    }
  }

  return {
    stats: collector.stats,
    load() {
      // Nothing in it waits: it is done when this returns.
      void attempt(() => incidentStore?.load());
    },
    has(pid, sinceSeconds) {
      const kept = incidentStore?.incidents() ?? [];
      return kept.some((incident) => incident.pid === pid && incident.endedAtSeconds >= sinceSeconds);
    },
    record(watch, finding, endedAtSeconds, log) {
      const { target } = watch;
      const snapshot = watch.snapshot(0);
      if (finding.ending === 'ended' && !ILL.has(snapshot.assessment?.verdict ?? '')) return;
      register.incident(target, finding.ending);
      if (incidentStore === undefined) return;
      if (waiting >= MOST_WAITING) {
        const failure = new ReadFailure('busy', `${waiting} wait to be written: this one is counted only`);
        collector.failed(failure);
        report.failed(failure);
        return;
      }
      const incident = makeIncident(snapshot, watch.history(), finding, endedAtSeconds, log, evidence?.of(target));
      const fields = { pid: target.process.pid, service: target.serviceName, incident: incident.id };
      logger.warn(fields, `what is known of its end (${finding.ending}) is kept as an incident`);
      // One after the other: what makes room for one must not meet the next.
      waiting++;
      writing = writing
        .then(() => attempt(() => incidentStore.add(incident, log?.lines)))
        .finally(() => {
          waiting--;
        });
    },
    close: () => writing,
  };
}
