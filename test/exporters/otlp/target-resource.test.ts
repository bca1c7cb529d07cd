import { hostname } from 'node:os';
import { expect, test, vi } from 'vitest';
import { createTargetResources, ownResource } from '../../../src/exporters/otlp/target-resource.ts';
import { sampleNode } from '../../metrics/sample-runtimes.ts';
import { sampleTarget } from '../../metrics/sample-snapshot.ts';

test('a process is told by the names of the semantic conventions', () => {
  const resourceOf = createTargetResources(() => true);
  expect(resourceOf(sampleTarget().target).attributes).toEqual({
    'service.name': 'worker.py',
    'service.instance.id': `4711-2500@${hostname()}`,
    'process.pid': 4711,
    'process.vpid': 7,
    'process.executable.name': 'python3.11',
    'process.runtime.name': 'cpython',
    'process.runtime.version': '3.11.7',
    'container.id': 'f'.repeat(64),
    'host.name': hostname(),
  });
});

test('in Kubernetes also by those of its pod', () => {
  const { attributes } = createTargetResources(() => true)({ ...sampleNode().target, serviceNamespace: 'checkout' });
  expect(attributes).toMatchObject({
    'service.namespace': 'checkout',
    'k8s.namespace.name': 'shop',
    'k8s.pod.name': 'web-7d4b9c-x2k4p',
    'k8s.container.name': 'web',
  });
});

test('a process on another host, as containers see it, does not bear our name', () => {
  const { attributes } = createTargetResources(() => false)(sampleTarget().target);
  expect(attributes).not.toHaveProperty(['host.name']);
});

test('what we were told of the place holds for the processes too, and of ourselves for us', () => {
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'host.name=node-3,k8s.cluster.name=blue,service.namespace=ops,team=a');
  vi.stubEnv('OTEL_SERVICE_NAME', 'agent');
  const { attributes } = createTargetResources(() => true)(sampleTarget().target);
  expect(attributes).toMatchObject({ 'service.name': 'worker.py', 'host.name': 'node-3', 'k8s.cluster.name': 'blue' });
  expect(Object.keys(attributes)).not.toContain('team');
  expect(ownResource({ version: '1.2.3', nodeVersion: 'v20.0.0' }).attributes).toMatchObject({
    ...{ 'service.name': 'agent', 'service.namespace': 'ops', 'service.version': '1.2.3', team: 'a' },
    ...{ 'host.name': 'node-3', 'process.runtime.version': '20.0.0', 'process.pid': process.pid },
  });
  vi.unstubAllEnvs();
});
