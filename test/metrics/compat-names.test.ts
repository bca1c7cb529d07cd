import { collectDefaultMetrics, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { promClient } from '../../src/metrics/compat/prom-client.ts';
import { sampleNode } from './sample-runtimes.ts';

test('what is called as prom-client calls it is the same kind, with the same words and labels', async () => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const families = new Map((await registry.getMetricsAsJSON()).map((family) => [family.name, family]));
  for (const { name, kind, help, read } of promClient) {
    const theirs = families.get(name);
    expect({ name, kind: String(theirs?.type), help: theirs?.help }).toEqual({ name, kind, help });
    const labelsOf = (samples: readonly { readonly labels: object }[] = []) => Object.keys(samples[0]?.labels ?? {});
    expect(labelsOf(read(sampleNode()))).toEqual(labelsOf(theirs?.values));
  }
  const spaces = families.get('nodejs_heap_space_size_used_bytes');
  const known = new Set(spaces?.values.map(({ labels }) => labels.space));
  const ours = promClient.find(({ name }) => name === 'nodejs_heap_space_size_used_bytes')?.read(sampleNode());
  expect(ours?.filter(({ labels }) => !known.has(labels.space))).toEqual([]);
});
