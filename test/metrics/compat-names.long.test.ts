import { expect, test } from 'vitest';
import { createCompatExposition } from '../../src/exporters/compat-exposition.ts';
import { clientPython } from '../../src/metrics/compat/client-python.ts';
import { createVenv } from '../real/python-venv.ts';
import { sampleJvm, sampleNode } from './sample-runtimes.ts';
import { sampleSnapshot, sampleTarget, sourceOf } from './sample-snapshot.ts';

/** What the library itself tells of a Python process. */
const tellOwnFamilies = `
import json
from prometheus_client import REGISTRY
print(json.dumps({family.name: {
  'kind': family.type, 'help': family.documentation, 'labels': sorted(family.samples[0].labels),
} for family in REGISTRY.collect() if family.samples}))
`;

test('what is called as client_python calls it is the same kind, with the same words and labels', (context) => {
  const python = createVenv(context, ['prometheus_client==0.23.1']);
  const theirs = JSON.parse(python(tellOwnFamilies, ''));
  for (const { name, kind, help, read } of clientPython) {
    const labels = Object.keys(read(sampleTarget())[0]?.labels ?? {}).sort();
    expect([name, theirs[name.replace(/_total$/, '')]]).toEqual([name, { kind, help, labels }]);
  }
});

test('a strict parser of OpenMetrics reads the page', async (context) => {
  const python = createVenv(context, ['prometheus_client==0.23.1']);
  const source = sourceOf(sampleSnapshot([sampleTarget(), sampleNode(), sampleJvm()]));
  const page = await createCompatExposition(source, ['prom-client', 'client_java', 'client_python']).page(
    'application/openmetrics-text',
  );
  const program = `
import io, json, sys
from prometheus_client.openmetrics.parser import text_fd_to_metric_families
page = io.TextIOWrapper(sys.stdin.buffer, encoding='utf-8', newline='\\n')
print(json.dumps({family.name: [family.type, len(family.samples)] for family in text_fd_to_metric_families(page)}))
`;
  expect(JSON.parse(python(program, page.body))).toMatchObject({
    process_cpu_seconds: ['counter', 3],
    jvm_gc_collection_seconds: ['summary', 4],
    python_gc_collections: ['counter', 3],
    nodejs_heap_space_size_used_bytes: ['gauge', 5],
  });
});
