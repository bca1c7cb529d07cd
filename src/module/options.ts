import cluster from 'node:cluster';
import { isMainThread } from 'node:worker_threads';
import type { Meter } from '@opentelemetry/api';
import type { Registry, RegistryContentType } from 'prom-client';
import type { Logger } from '../monitor/logger.ts';
import type { ProcessLabel } from './registry-output.ts';

export interface CensusOptions {
  /** How many types have series of their own, 50 when not given; the rest is summed under `(other)`. */
  readonly types?: number;
  /** Share of one core that censuses may cost, 0.01 when not given. */
  readonly cpuBudget?: number;
}

export interface HeapWatchOptions {
  /** A prom-client registry: `heapwatch_*` are added to it. */
  readonly register?: Registry<RegistryContentType>;
  /** Of OpenTelemetry: `heapwatch.*` and `v8js.*` are observed with it. */
  readonly meter?: Meter;
  /**
   * Objects per type, counted in a thread of their own: true unless this is a worker thread, as a census counts the whole
   * process. Needs Linux.
   */
  readonly census?: boolean | CensusOptions;
  /** Labels of every series in the registry; `pid` in a worker of a cluster, else none. */
  readonly labels?: readonly ProcessLabel[];
  /** What cannot be done is said here, once: a logger as pino's; as warnings of the process when not given. */
  readonly log?: Logger;
}

/** Options with nothing left open. */
export interface CheckedOptions extends Pick<HeapWatchOptions, 'register' | 'meter'> {
  /** Undefined when objects are not to be counted. */
  readonly census: Required<CensusOptions> | undefined;
  readonly labels: readonly ProcessLabel[];
  readonly log: Logger;
}

const DEFAULT_CENSUS = { types: 50, cpuBudget: 0.01 };
/** As many series as this times two; nobody reads more, and Prometheus pays for them. */
const MOST_TYPES = 1000;

const LABELS: readonly ProcessLabel[] = ['pid', 'service_name'];

const LOG_METHODS = ['info', 'warn', 'error'] as const;

/** Throws `RangeError` for what makes no sense, `TypeError` for a log that would fail when it is needed. */
export function checkOptions(options: HeapWatchOptions): CheckedOptions {
  const {
    census = isMainThread,
    // Prometheus adds up the workers of a cluster where their labels are the same; sums of ratios and times are lies.
    labels = cluster.isWorker ? ['pid'] : [],
    log = processWarnings,
  } = options;
  for (const label of labels) {
    if (!LABELS.includes(label)) throw new RangeError(`labels are some of ${LABELS.join(', ')}, not ${label}`);
  }
  for (const method of LOG_METHODS) {
    if (typeof log[method] !== 'function')
      throw new TypeError(`log has no function ${method}: a logger as pino's does`);
  }
  return { ...options, census: census === false ? undefined : checkCensus(census), labels, log };
}

function checkCensus(census: true | CensusOptions): Required<CensusOptions> {
  const { types, cpuBudget } = { ...DEFAULT_CENSUS, ...(census === true ? {} : census) };
  if (!Number.isInteger(types) || types < 1 || types > MOST_TYPES) {
    throw new RangeError(`census.types is a whole number from 1 to ${MOST_TYPES}, not ${types}`);
  }
  if (!(cpuBudget > 0 && cpuBudget <= 1)) {
    throw new RangeError(`census.cpuBudget is a share of one core, above 0 and at most 1, not ${cpuBudget}`);
  }
  return { types, cpuBudget };
}

const processWarnings: Logger = {
  info: () => undefined,
  warn: (_fields, message) => process.emitWarning(message, 'HeapwatchWarning'),
  error: (_fields, message) => process.emitWarning(message, 'HeapwatchWarning'),
};
