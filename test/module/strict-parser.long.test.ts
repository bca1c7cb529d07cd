import { type OpenMetricsContentType, Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { watchHeap } from '../../src/module/watch-heap.ts';
import { createVenv } from '../real/python-venv.ts';

const families = `
import json, sys
from prometheus_client.openmetrics.parser import text_fd_to_metric_families
print(json.dumps({family.name: family.type for family in text_fd_to_metric_families(sys.stdin)}))
`;

test('a strict OpenMetrics parser reads a registry that is watched', async (context) => {
  const python = createVenv(context, ['prometheus_client==0.23.1']);
  const register = new Registry<OpenMetricsContentType>();
  register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const watch = watchHeap({ register, census: false, labels: ['pid', 'service_name'] });
  onTestFinished(() => watch.close());
  expect(JSON.parse(python(families, await register.metrics()))).toMatchObject({
    heapwatch_gc_collections: 'counter',
    heapwatch_gc_pause_seconds: 'counter',
    heapwatch_gc_duration_seconds: 'histogram',
  });
});
