type Environment = Readonly<Record<string, string | undefined>>;

/** What the SDK's exporter does not read itself: endpoint, headers, certificates, timeout and compression are its own. */
export interface OtlpSettings {
  readonly intervalSeconds: number;
  /** Counters are told as what came since the last export, not as the whole; what goes up and down never is. */
  readonly isDelta: boolean;
  /** Variables whose text is not understood, so that their default holds. */
  readonly remarks: readonly string[];
}

/** Whether to export, and why not where somebody may wonder. */
export type OtlpSwitch =
  | { readonly on: true; readonly settings: OtlpSettings }
  | { readonly on: false; readonly reason?: string };

const DEFAULT_INTERVAL_MS = 60_000;
const LONGEST_INTERVAL_MS = 24 * 3600 * 1000;
const TEMPORALITIES = ['cumulative', 'delta', 'lowmemory'];

/**
 * Reads the variables of OpenTelemetry's specification (SDK environment variables; OTLP exporter) that switch the export of
 * metrics on and shape it. As there, an empty variable is one that is not set, and words may be in capitals. A wrong
 * endpoint is no reason to send elsewhere, which the SDK would.
 */
export function readOtlpSettings(environment: Environment): OtlpSwitch {
  const get = (name: string) => environment[name]?.trim() || undefined;
  const word = (name: string) => get(name)?.toLowerCase();
  const either = (suffix: string) =>
    [`OTEL_EXPORTER_OTLP_METRICS_${suffix}`, `OTEL_EXPORTER_OTLP_${suffix}`].find((name) => get(name) !== undefined);
  const endpoint = either('ENDPOINT');
  if (endpoint === undefined || word('OTEL_SDK_DISABLED') === 'true') return { on: false };
  const exporters = word('OTEL_METRICS_EXPORTER')?.split(',') ?? ['otlp'];
  if (!exporters.some((name) => name.trim() === 'otlp')) return { on: false };
  if (!isHttpUrl(get(endpoint)!)) {
    return { on: false, reason: `${endpoint} must be a URL such as http://localhost:4318` };
  }
  const protocol = either('PROTOCOL');
  if (protocol !== undefined && word(protocol) !== 'http/protobuf') {
    return {
      on: false,
      reason: `${protocol} must be http/protobuf, the only one that heapwatch speaks; receivers listen for it on port 4318`,
    };
  }
  const remarks: string[] = [];
  const interval = get('OTEL_METRIC_EXPORT_INTERVAL') ?? String(DEFAULT_INTERVAL_MS);
  const intervalMs = Number(interval);
  const isInterval = /^\d+$/.test(interval) && intervalMs > 0 && intervalMs <= LONGEST_INTERVAL_MS;
  if (!isInterval) {
    remarks.push('OTEL_METRIC_EXPORT_INTERVAL must be milliseconds, from 1 to a day: it is a minute now');
  }
  const temporality = word('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE') ?? 'cumulative';
  if (!TEMPORALITIES.includes(temporality)) {
    remarks.push(
      `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE must be one of ${TEMPORALITIES.join(', ')}: it is cumulative now`,
    );
  }
  // `lowmemory` leaves observed counters cumulative, and all of ours are.
  const intervalSeconds = (isInterval ? intervalMs : DEFAULT_INTERVAL_MS) / 1000;
  return { on: true, settings: { intervalSeconds, isDelta: temporality === 'delta', remarks } };
}

function isHttpUrl(text: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}
