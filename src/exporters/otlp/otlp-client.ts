import type { Agent } from 'node:http';
import { OTLPExporterError } from '@opentelemetry/otlp-exporter-base';
import { convertLegacyHttpOptions, createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http';
import { type ISerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';

/** Why an export failed: the label values of our own errors. */
export type OtlpFailureReason = 'unreachable' | 'timeout' | 'refused' | 'rejected' | 'internal';

export class OtlpFailure extends Error {
  readonly reason: OtlpFailureReason;

  constructor(reason: OtlpFailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Speaks OTLP over HTTP, in protobuf. */
export interface OtlpClient {
  /** Without user and password, which may be in it. */
  readonly address: string;
  /** Sends what several resources were encoded to as one request; rejects with `OtlpFailure`. One at a time. */
  send(parts: readonly Uint8Array[]): Promise<void>;
  /** Gives up what is being sent; nothing is sent any more. */
  abandon(): void;
}

/** How much later than its own timeout a request is given up that the SDK has not: one that is answered bit by bit. */
const GRACE_MS = 1000;

/** The metrics of one resource as bytes. Those of several, one after another, are one request, as protobuf has it. */
export function encodeResourceMetrics(metrics: ResourceMetrics): Uint8Array {
  const bytes = ProtobufMetricsSerializer.serializeRequest(metrics);
  if (bytes === undefined) throw new OtlpFailure('internal', 'the SDK could not encode metrics');
  return bytes;
}

/** The SDK's own sender with its retries, as OTEL_EXPORTER_OTLP_* ask for it: endpoint, headers, certificates, timeout, compression. */
export function createOtlpClient(userAgent: string): OtlpClient {
  const options = convertLegacyHttpOptions({ userAgent, concurrencyLimit: 1 }, 'METRICS', 'v1/metrics', {
    'Content-Type': 'application/x-protobuf',
  });
  let agent: Agent | undefined;
  let rejection: string | undefined;
  const serializer: ISerializer<readonly Uint8Array[], unknown> = {
    serializeRequest: (parts) => Buffer.concat(parts),
    deserializeResponse(bytes) {
      const response = ProtobufMetricsSerializer.deserializeResponse(bytes);
      const rejected = response.partialSuccess?.rejectedDataPoints;
      if (rejected) rejection = `the receiver rejected ${rejected} data points`;
      return response;
    },
  };
  const delegate = createOtlpHttpExportDelegate(
    {
      ...options,
      agentFactory: async (protocol) => {
        agent = await options.agentFactory(protocol);
        return agent;
      },
    },
    serializer,
    'otlp_http_metric_exporter',
    { name: 'metric_data_point', countItems: ({ length }) => length },
    undefined,
  );
  const { origin, pathname } = new URL(options.url);
  return {
    address: origin + pathname,
    send: (parts) =>
      new Promise((resolve, reject) => {
        rejection = undefined;
        const deadline = setTimeout(() => agent?.destroy(), options.timeoutMillis + GRACE_MS).unref();
        delegate.export(parts, ({ error }) => {
          clearTimeout(deadline);
          if (error !== undefined) reject(failureOf(error));
          else if (rejection !== undefined) reject(new OtlpFailure('rejected', rejection));
          else resolve();
        });
      }),
    abandon() {
      if (agent === undefined) return;
      // A retry would open another connection, and wait for it.
      Object.assign(agent, { createConnection: refuseConnection });
      agent.destroy();
    },
  };
}

function refuseConnection(): never {
  throw new Error('heapwatch ends');
}

/** What went wrong in words of our own: an answer's text is the receiver's, and may be anything. */
function failureOf(error: Error): OtlpFailure {
  if (error instanceof OTLPExporterError) {
    return new OtlpFailure('refused', `the receiver answered ${error.code ?? 'that it is too busy'}`);
  }
  const code = 'code' in error ? String(error.code) : undefined;
  if (error.message === 'Request timed out' || code === 'ETIMEDOUT') {
    return new OtlpFailure('timeout', 'the receiver does not answer in time');
  }
  return new OtlpFailure('unreachable', code === undefined ? error.message : `no connection (${code})`);
}
