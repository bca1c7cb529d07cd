import { expect, test } from 'vitest';
import { parseEnvironmentIdentity } from '../../../src/monitor/discovery/environment-identity.ts';

const identityOf = (environment: Record<string, string>) =>
  parseEnvironmentIdentity(new Map(Object.entries(environment)));

test.each([
  [{ OTEL_SERVICE_NAME: 'shop' }, 'shop'],
  [{ OTEL_RESOURCE_ATTRIBUTES: 'a=b,service.name=shop%20two , c=d' }, 'shop two'],
  [{ OTEL_SERVICE_NAME: 'shop', OTEL_RESOURCE_ATTRIBUTES: 'service.name=other' }, 'shop'],
  [{ OTEL_SERVICE_NAME: ' ', OTEL_RESOURCE_ATTRIBUTES: 'service.name=other' }, 'other'],
  [{ OTEL_RESOURCE_ATTRIBUTES: 'service.name=100%' }, undefined],
  [{ OTEL_RESOURCE_ATTRIBUTES: ',,=x,service.name,service' }, undefined],
  [{ OTEL_RESOURCE_ATTRIBUTES: `${'a=%C3,'.repeat(999)}service.name=the-thousandth` }, 'the-thousandth'],
  [{ OTEL_RESOURCE_ATTRIBUTES: `${'a=%C3,'.repeat(1000)}service.name=too-late` }, undefined],
  [{}, undefined],
])('%j names the service %s', (environment, expected) => {
  expect(identityOf(environment).serviceName).toBe(expected);
});

const inPod = (name: string) => ({ KUBERNETES_SERVICE_HOST: '10.0.0.1', HOSTNAME: name });

test.each([
  ['a Deployment by its hostname', inPod('shop-api-7d4b9c6f5d-x2k4q'), 'shop-api'],
  ['a DaemonSet by its hostname', inPod('log-agent-x2k4q'), 'log-agent'],
  ['a CronJob by its hostname', inPod('backup-28391040-x2k4q'), 'backup'],
  ["a pod in the node's network", inPod('worker-12'), undefined],
  ['a name that ends in a word', inPod('web-proxy'), undefined],
  ['a StatefulSet by POD_NAME', { POD_NAME: 'redis-0' }, 'redis'],
  ['a Deployment by POD_NAME', { POD_NAME: 'shop-api-7d4b9c6f5d-x2k4q' }, 'shop-api'],
  ['a bare pod by POD_NAME', { POD_NAME: 'debug' }, 'debug'],
  ['a machine of that name outside of Kubernetes', { HOSTNAME: 'shop-api-7d4b9c6f5d-x2k4q' }, undefined],
  ['a container by its name', { OTEL_RESOURCE_ATTRIBUTES: 'k8s.container.name=web' }, 'web'],
  [
    'a Deployment by its attribute',
    { ...inPod('x-7d4b9c6f5d-x2k4q'), OTEL_RESOURCE_ATTRIBUTES: 'k8s.container.name=web,k8s.deployment.name=shop' },
    'shop',
  ],
])('the workload of %s is found', (_, environment, expected) => {
  expect(identityOf(environment).workloadName).toBe(expected);
});

test('a hostname made to be slow is not', () => {
  const began = performance.now();
  expect(identityOf(inPod('b-'.repeat(500_000))).workloadName).toBeUndefined();
  expect(performance.now() - began).toBeLessThan(500);
});

test('namespace and container are found for patterns', () => {
  const attributes = 'k8s.namespace.name=prod,k8s.container.name=web';
  expect(identityOf({ OTEL_RESOURCE_ATTRIBUTES: attributes })).toMatchObject({
    namespace: 'prod',
    containerName: 'web',
  });
  expect(identityOf({ POD_NAMESPACE: 'test' })).toMatchObject({ namespace: 'test' });
});

test.each([
  ['off', true],
  ['OFF ', true],
  ['on', false],
  ['', false],
  ['offline', false],
])('HEAPWATCH=%s opts out: %s', (value, expected) => {
  expect(identityOf({ HEAPWATCH: value }).optedOut).toBe(expected);
});
