import { expect, test } from 'vitest';
import type { KubernetesIdentity, Target } from '../../../src/model/target.ts';
import { createDiscovery } from '../../../src/monitor/discovery/discovery.ts';
import { createKubernetesNames, type KubernetesOptions } from '../../../src/monitor/discovery/kubernetes-names.ts';
import { type RecordedTree, recordTree, statText } from '../../linux/recorded-tree.ts';
import { createFakeRuntime, type RecordedProcfs, recordProcfs } from '../fake-world.ts';

const ID = '4f5c'.repeat(16);
const UID = '5c9f9a4e-8f2b-4d7a-9e61-2b3c4d5e6f70';
const IN_POD = `0::/kubepods/burstable/pod${UID}/${ID}\n`;
const LOG = `var/log/containers/api-0_shop_web-${ID}.log`;
const ownPod = { namespace: 'prod', pod: 'cart-1', container: 'cart' };

function world(
  files: Parameters<RecordedTree['write']>[0] = {},
  options: Partial<KubernetesOptions> = {},
): {
  procfs: RecordedProcfs;
  node: RecordedTree;
  look: (atSeconds?: number) => Promise<KubernetesIdentity | undefined>;
  serviceName: () => string | undefined;
} {
  const procfs = recordProcfs({ pid: 42 });
  procfs.tree.write({ '42/cgroup': IN_POD });
  const node = recordTree(files);
  let now = 0;
  let target: Target | undefined;
  const discovery = createDiscovery({
    ...{ procfsPath: procfs.path, runtimes: [createFakeRuntime()], minAgeSeconds: 0, maxTargets: 9 },
    ...{ roundSeconds: 5, longestBackOffSeconds: 600 },
    clock: { nowSeconds: () => 1_700_000_000 + now, elapsedSeconds: () => now },
    kubernetesNames: createKubernetesNames({ procfsPath: procfs.path, rootfsPath: node.path, ...options }),
  });
  const look = async (atSeconds = 0) => {
    now = atSeconds;
    target = (await discovery.round(async () => {})).targets[0]?.target;
    return target?.kubernetes;
  };
  return { procfs, node, look, serviceName: () => target?.serviceName };
}

const environment = (names: Record<string, string>) =>
  Object.entries({ KUBERNETES_SERVICE_HOST: '10.0.0.1', ...names })
    .map(([name, value]) => `${name}=${value}\0`)
    .join('');

test('what the node wrote down wins over what the process says of itself', async () => {
  const { procfs, look } = world({ [LOG]: '' });
  procfs.tree.write({ '42/environ': environment({ POD_NAME: 'bank-0', POD_NAMESPACE: 'bank' }) });
  expect(await look()).toEqual({ namespace: 'shop', pod: 'api-0', container: 'web' });
});

test("a service has the name of its pod's workload, when its environment does not tell", async () => {
  const { look, serviceName } = world({ [`var/log/containers/api-7d4b9c6f5d-x2k4q_shop_web-${ID}.log`]: '' });
  expect(await look()).toMatchObject({ pod: 'api-7d4b9c6f5d-x2k4q' });
  expect(serviceName()).toBe('api');
});

test('a pod whose containers are not known has no container', async () => {
  const { look } = world({ [`var/log/pods/shop_api-0_${UID}/web/0.log`]: '' });
  expect(await look()).toEqual({ namespace: 'shop', pod: 'api-0' });
});

test('names that are written down late are found, and the looks for them become rare', async () => {
  const { node, look } = world();
  expect(await look()).toBeUndefined();
  node.write({ [LOG]: '' });
  expect(await look(4)).toBeUndefined();
  expect(await look(6)).toMatchObject({ pod: 'api-0' });
});

test('a process that is moved to another container has the names of that one', async () => {
  const other = 'ab12'.repeat(16);
  const { procfs, look } = world({ [LOG]: '', [`var/log/containers/cart-0_shop_app-${other}.log`]: '' });
  expect(await look()).toMatchObject({ pod: 'api-0' });
  procfs.tree.write({ '42/cgroup': IN_POD.replace(ID, other) });
  expect(await look(1)).toEqual({ namespace: 'shop', pod: 'cart-0', container: 'app' });
  procfs.tree.write({ '42/cgroup': '0::/system.slice/cart.service\n' });
  expect(await look(2)).toBeUndefined();
});

test.each([
  ['an unknown layout', `0::/vendor.slice/${UID}/app\n`],
  ['an id of another engine', '0::/kubepods/burstable/podshop/web\n'],
  ['no cgroup', ''],
])('%s has no names', async (_, cgroup) => {
  const { procfs, look } = world({ [LOG]: '' });
  procfs.tree.write({ '42/cgroup': cgroup });
  expect(await look()).toBeUndefined();
});

test.each([
  ['the downward API', { POD_NAME: 'api-0', POD_NAMESPACE: 'shop' }, { namespace: 'shop', pod: 'api-0' }],
  [
    "OpenTelemetry's operator",
    { OTEL_RESOURCE_ATTRIBUTES: 'k8s.namespace.name=shop,k8s.pod.name=api-0,k8s.container.name=web' },
    { namespace: 'shop', pod: 'api-0', container: 'web' },
  ],
  ['a pod without a namespace', { POD_NAME: 'api-0' }, undefined],
  ['names that Kubernetes does not give', { POD_NAME: 'api"0', POD_NAMESPACE: 'shop' }, undefined],
])('without the files of the node %s is believed as far as it goes', async (_, names, expected) => {
  const { procfs, look } = world();
  procfs.tree.write({ '42/environ': environment(names) });
  expect(await look()).toEqual(expected);
});

test('a program outside of Kubernetes that has variables of these names is in no pod', async () => {
  const { procfs, look } = world();
  procfs.tree.write({ '42/environ': 'POD_NAME=api-0\0POD_NAMESPACE=shop\0' });
  expect(await look()).toBeUndefined();
});

test('on a whole node a program claims in vain to be in a pod, unless its cgroup is one', async () => {
  const { procfs, look } = world();
  procfs.tree.write({
    '2/stat': statText({ pid: 2, comm: 'kthreadd', flags: 0x208040, startTicks: 1 }),
    '42/environ': environment({ POD_NAME: 'api-0', POD_NAMESPACE: 'shop' }),
  });
  expect(await look()).toEqual({ namespace: 'shop', pod: 'api-0' });
  procfs.tree.write({ '42/cgroup': '0::/system.slice/api.service\n' });
  expect(await look(1)).toBeUndefined();
});

test("a sidecar's processes are in its own pod; on a whole node they are not", async () => {
  const { look } = world({}, { ownPod });
  expect(await look()).toEqual(ownPod);
  const whole = world({}, { ownPod });
  whole.procfs.tree.write({ '2/stat': statText({ pid: 2, comm: 'kthreadd', flags: 0x208040, startTicks: 1 }) });
  expect(await whole.look()).toBeUndefined();
});

test('half of a name is none', async () => {
  expect(await world({}, { ownPod: { pod: 'cart-1' } }).look()).toBeUndefined();
});

test('the kubelet is asked only for what the node did not write down', async () => {
  const asked: string[] = [];
  const kubelet = {
    find(id: string) {
      asked.push(id);
      return ownPod;
    },
  };
  expect(await world({ [LOG]: '' }, { kubelet }).look()).toMatchObject({ pod: 'api-0' });
  expect(asked).toEqual([]);
  expect(await world({}, { kubelet }).look()).toEqual(ownPod);
  expect(asked).toEqual([ID]);
});
