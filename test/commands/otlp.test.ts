import { expect, test } from 'vitest';
import { loadOtlp } from '../../src/commands/otlp.ts';

const build = { version: '1.2.3', nodeVersion: 'v20.0.0' };

function logOf() {
  const lines: string[] = [];
  const say = (_fields: object, message: string) => void lines.push(message);
  return { lines, info: say, warn: say };
}

test('without an endpoint nothing is exported, and nothing is said', async () => {
  const log = logOf();
  expect(await loadOtlp({}, build, log)).toBeUndefined();
  expect(log.lines).toEqual([]);
});

test('a protocol that is not spoken is said, and nothing is exported', async () => {
  const log = logOf();
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
  expect(await loadOtlp(environment, build, log)).toBeUndefined();
  expect(log.lines).toEqual([expect.stringMatching(/^nothing is exported by OTLP: .*must be http\/protobuf/)]);
});

test('with an endpoint there is an export, which begins when it is told to', async () => {
  const log = logOf();
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318', OTEL_METRIC_EXPORT_INTERVAL: 'often' };
  const otlp = await loadOtlp(environment, build, log);
  expect(otlp?.stats()).toEqual({ collector: 'otlp', errors: {} });
  expect(log.lines).toEqual([expect.stringMatching(/^OTEL_METRIC_EXPORT_INTERVAL must be/)]);
  await otlp?.close();
});
