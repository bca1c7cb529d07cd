import type { CollectorStats, Snapshot, SnapshotSource } from '../../model/snapshot.ts';
import { createOtlpClient, type OtlpClient, OtlpFailure } from './otlp-client.ts';
import { createOtlpRequests, type OtlpRequestsOptions } from './otlp-requests.ts';
import type { OtlpSettings } from './otlp-settings.ts';

/** The part of a logger that is used here. */
export interface OtlpLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface OtlpExportOptions extends Omit<OtlpRequestsOptions, 'isDelta' | 'startedAtSeconds'> {
  readonly settings: OtlpSettings;
  readonly logger: OtlpLogger;
}

/** Exports snapshots at an interval of its own. */
export interface OtlpExport {
  /** Begins; the first export comes after one interval. */
  start(source: SnapshotSource): void;
  /** What it costs, and how often it failed. */
  stats(): CollectorStats;
  /** Exports once more and ends; no later than some seconds after. Idempotent. */
  close(): Promise<void>;
}

/** Kubernetes waits half a minute for the end, and others have to end too. */
const FLUSH_MS = 3000;

/**
 * Exports whatever the latest snapshot tells by OTLP. One export at a time, of which one request is in memory at a time; what
 * cannot be sent is dropped, as the next export tells it again, and logged once.
 */
export function createOtlpExport(options: OtlpExportOptions): OtlpExport {
  const { settings, logger, build } = options;
  const { intervalSeconds, isDelta } = settings;
  const client = createOtlpClient(`heapwatch/${build.version}`);
  const requests = createOtlpRequests({ ...options, isDelta, startedAtSeconds: performance.timeOrigin / 1000 });
  const report = createReport(logger, client);
  const errors: Record<string, number> = {};
  let durationSeconds: number | undefined;
  let source: SnapshotSource | undefined;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let closing: Promise<void> | undefined;

  function count({ reason }: OtlpFailure): void {
    errors[reason] = (errors[reason] ?? 0) + 1;
  }

  async function exportOnce(snapshot: Snapshot): Promise<void> {
    const beganAt = performance.now();
    try {
      const failures: OtlpFailure[] = [];
      for await (const request of requests.of(snapshot, Date.now() / 1000)) {
        const failure = await client.send(request.parts).catch(asFailure);
        if (failure === undefined || failure.reason === 'rejected') request.commit();
        if (failure !== undefined) failures.push(failure);
        // The next request would fail as this one; one that the receiver refuses it may do so for what is in it.
        if (failure?.reason === 'unreachable' || failure?.reason === 'timeout') break;
      }
      failures.forEach(count);
      if (failures[0] === undefined) report.worked();
      else report.failed(failures[0]);
    } catch (error) {
      const failure = asFailure(error);
      count(failure);
      report.failed(failure);
    }
    durationSeconds = (performance.now() - beganAt) / 1000;
  }

  async function round(latest: SnapshotSource): Promise<void> {
    const beganAt = performance.now();
    running = exportOnce(latest.latest());
    await running;
    // A receiver that is slow gets fewer, not more at a time.
    const restMs = intervalSeconds * 1000 - (performance.now() - beganAt);
    if (closing === undefined) timer = setTimeout(() => void round(latest), Math.max(restMs, 0)).unref();
  }

  async function finish(): Promise<void> {
    clearTimeout(timer);
    if (source === undefined) return;
    const last = source;
    const flush = Promise.resolve(running).then(() => exportOnce(last.latest()));
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      deadline = setTimeout(resolve, FLUSH_MS);
    });
    await Promise.race([flush, late]);
    clearTimeout(deadline);
    client.abandon();
  }

  return {
    start(latest) {
      source = latest;
      logger.info(
        { interval: intervalSeconds, temporality: isDelta ? 'delta' : 'cumulative' },
        `OTLP goes to ${client.address}`,
      );
      timer = setTimeout(() => void round(latest), intervalSeconds * 1000).unref();
    },
    stats: () => ({
      collector: 'otlp',
      ...(durationSeconds !== undefined && { durationSeconds }),
      errors: { ...errors },
    }),
    close() {
      closing ??= finish();
      return closing;
    },
  };
}

function asFailure(error: unknown): OtlpFailure {
  return error instanceof OtlpFailure ? error : new OtlpFailure('internal', `please report this: ${error}`);
}

/** Tells once when exports begin to fail, when they fail for another reason, and when they succeed again. */
function createReport(logger: OtlpLogger, { address }: OtlpClient) {
  let reported: string | undefined;
  return {
    failed({ reason, message }: OtlpFailure) {
      if (reason === reported) return;
      reported = reason;
      logger.warn({ reason }, `exporting by OTLP to ${address} failed: ${message}`);
    },
    worked() {
      if (reported !== undefined) logger.info({}, `exporting by OTLP to ${address} works again`);
      reported = undefined;
    },
  };
}
