import { expect, test } from 'vitest';
import { negotiateFormat } from '../../src/exporters/accept.ts';

test.each([
  // Prometheus 2.42 sends the first, 3.5 the second, and the third with native histograms.
  [
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    'openmetrics',
  ],
  [
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    'openmetrics',
  ],
  [
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    'openmetrics',
  ],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text'],
  ['*/*', 'text'],
  ['text/*', 'text'],
  ['text/plain', 'text'],
  ['text/plain;version=0.0.4;q=0.5,application/openmetrics-text;q=0.4', 'text'],
  ['text/plain;version=0.0.4;q=0.5,application/openmetrics-text;q=0.6', 'openmetrics'],
  ['text/plain, application/openmetrics-text', 'text'],
  ['application/openmetrics-text, text/plain', 'openmetrics'],
  ['Application/OpenMetrics-Text ; Version="1.0.0" ; Q=1', 'openmetrics'],
  ['application/openmetrics-text;version=1.0.0;charset=utf-8', 'openmetrics'],
  ['application/openmetrics-text;version=0.0.1', 'text'],
  ['application/openmetrics-text;version=2.0.0', 'text'],
  ['application/openmetrics-text;q=0', 'text'],
  ['application/openmetrics-text;q=nonsense', 'text'],
  ['application/openmetrics-text;q=7', 'text'],
  ['application/json', 'text'],
  [';;;,,,=;q', 'text'],
  ['', 'text'],
  [undefined, 'text'],
] as const)('%s is answered with %s', (accept, format) => {
  expect(negotiateFormat(accept)).toBe(format);
});

test('a header as long as a server lets pass is read at once', () => {
  const began = performance.now();
  expect(negotiateFormat(`${'a/b;x= "'.repeat(2000)},${' '.repeat(16_000)}=,application/openmetrics-text`)).toBe(
    'openmetrics',
  );
  expect(performance.now() - began).toBeLessThan(100);
});
