import { expect, test } from 'vitest';
import { readOtlpSettings } from '../../../src/exporters/otlp/otlp-settings.ts';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' };
const on = (settings: object = {}) => ({
  on: true,
  settings: { intervalSeconds: 60, isDelta: false, remarks: [], ...settings },
});

test.each([
  ['nothing is set', {}, { on: false }],
  ['the endpoint is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, { on: false }],
  ['an endpoint is set', endpoint, on()],
  ['only that of metrics is set', { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'https://a.example/v1/metrics' }, on()],
  ['the SDK is disabled', { ...endpoint, OTEL_SDK_DISABLED: 'TRUE' }, { on: false }],
  ['metrics go elsewhere', { ...endpoint, OTEL_METRICS_EXPORTER: 'prometheus' }, { on: false }],
  ['metrics go nowhere', { ...endpoint, OTEL_METRICS_EXPORTER: 'none' }, { on: false }],
  ['metrics go here too', { ...endpoint, OTEL_METRICS_EXPORTER: 'console, otlp' }, on()],
  ['our protocol is asked for', { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }, on()],
  ['an interval is set', { ...endpoint, OTEL_METRIC_EXPORT_INTERVAL: '2500' }, on({ intervalSeconds: 2.5 })],
  [
    'differences are wanted',
    { ...endpoint, OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'Delta' },
    on({ isDelta: true }),
  ],
  [
    'low memory is wanted, where observed counters stay as they are',
    { ...endpoint, OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'lowmemory' },
    on(),
  ],
])('when %s', (_when, environment, expected) => {
  expect(readOtlpSettings(environment)).toEqual(expected);
});

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4317' }, /^OTEL_EXPORTER_OTLP_ENDPOINT must be a URL such as http:/],
  [{ ...endpoint, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'x' }, /^OTEL_EXPORTER_OTLP_METRICS_ENDPOINT must be a URL/],
  [{ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, /^OTEL_EXPORTER_OTLP_PROTOCOL must be http\/protobuf/],
  [
    { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json' },
    /^OTEL_EXPORTER_OTLP_METRICS_PROTOCOL must be/,
  ],
])('%j is refused, with the variable that has to change', (environment, reason) => {
  expect(readOtlpSettings(environment)).toEqual({ on: false, reason: expect.stringMatching(reason) });
});

test.each([
  ['OTEL_METRIC_EXPORT_INTERVAL', '0'],
  ['OTEL_METRIC_EXPORT_INTERVAL', '60s'],
  ['OTEL_METRIC_EXPORT_INTERVAL', '99999999999'],
  ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'deltas'],
])('%s=%s is remarked, and the default holds', (name, text) => {
  const remarks = [expect.stringContaining(name)];
  expect(readOtlpSettings({ ...endpoint, [name]: text })).toEqual(on({ remarks }));
});
