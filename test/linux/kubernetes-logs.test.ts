import { expect, test } from 'vitest';
import { findBundle, parseBundle } from '../../src/linux/container-bundle.ts';
import {
  findContainerLog,
  findPodLogs,
  kubernetesIdentity,
  parseContainerLog,
  parsePodLogs,
} from '../../src/linux/kubernetes-logs.ts';
import { recordTree } from './recorded-tree.ts';

const ID = '4f5c1e0b7a9d4c3f8e2b6a1d0c9f8e7d6b5a4c3f2e1d0b9a8c7f6e5d4b3a2c1f';
const UID = '5c9f9a4e-8f2b-4d7a-9e61-2b3c4d5e6f70';
const names = { namespace: 'shop', pod: 'api-7d4b9c6f5d-x2k4q', container: 'web-app' };

test("a container's log has its names and its id", () => {
  expect(parseContainerLog(`api-7d4b9c6f5d-x2k4q_shop_web-app-${ID}.log`)).toEqual({ ...names, id: ID });
  expect(parseContainerLog(`etcd-node.example.com_kube-system_etcd-${ID}.log`)).toMatchObject({
    pod: 'etcd-node.example.com',
    namespace: 'kube-system',
  });
});

test.each([
  ['a name that was cut at 255 bytes', `${'p'.repeat(150)}_shop_web-${ID.slice(0, 60)}.log`],
  ['capitals', `API_shop_web-${ID}.log`],
  ['no container', `api_shop_-${ID}.log`],
  ['a fourth part', `api_shop_x_web-${ID}.log`],
  ['another kind of file', `api_shop_web-${ID}.log.gz`],
  ['a namespace that is too long', `api_${'n'.repeat(64)}_web-${ID}.log`],
])('%s is not understood', (_, name) => {
  expect(parseContainerLog(name)).toBeUndefined();
});

test("a pod's folder of logs has its names and its uid, also a static pod's", () => {
  expect(parsePodLogs(`shop_api-7d4b9c6f5d-x2k4q_${UID}`)).toEqual({
    namespace: 'shop',
    pod: 'api-7d4b9c6f5d-x2k4q',
    id: UID,
  });
  expect(parsePodLogs(`kube-system_etcd-node_${'ab12'.repeat(8)}`)).toMatchObject({ pod: 'etcd-node' });
  expect(parsePodLogs('shop_api')).toBeUndefined();
});

const containerd = {
  'io.kubernetes.cri.container-name': 'web-app',
  'io.kubernetes.cri.container-type': 'container',
  'io.kubernetes.cri.sandbox-name': names.pod,
  'io.kubernetes.cri.sandbox-namespace': 'shop',
};
const crio = {
  'io.kubernetes.container.name': 'web-app',
  'io.kubernetes.pod.name': names.pod,
  'io.kubernetes.pod.namespace': 'shop',
};
const bundle = (annotations: object) => JSON.stringify({ ociVersion: '1.2.0', process: { env: ['A=b'] }, annotations });

test.each([
  ['containerd', `run/containerd/io.containerd.runtime.v2.task/k8s.io/${ID}/config.json`, containerd],
  ["k3s' containerd", `run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/${ID}/config.json`, containerd],
  ['CRI-O', `run/containers/storage/overlay-containers/${ID}/userdata/config.json`, crio],
  ['CRI-O on disk', `var/lib/containers/storage/overlay-containers/${ID}/userdata/config.json`, crio],
])("%s wrote down a container's names", (_, path, annotations) => {
  const { path: rootfs } = recordTree({ [path]: bundle(annotations) });
  expect(findBundle(rootfs, ID)).toEqual(names);
  expect(findBundle(rootfs, ID.replace('4', '5'))).toBeUndefined();
});

test.each([
  ['not JSON', '{"annotations":'],
  ['null', 'null'],
  ['a container that nobody annotated', '{}'],
  ['annotations of another kind', '{"annotations":["x"]}'],
  ['names that Kubernetes cannot have given', bundle({ ...containerd, 'io.kubernetes.cri.sandbox-name': 'a"}b' })],
  ['a name that is no text', bundle({ ...containerd, 'io.kubernetes.cri.sandbox-namespace': 7 })],
])('%s names nobody', (_, text) => {
  expect(parseBundle(text)).toBeUndefined();
});

test('names are found by the id, and only by the whole of it', () => {
  const { path } = recordTree({
    [`var/log/containers/${names.pod}_shop_web-app-${ID}.log`]: '',
    [`var/log/pods/shop_${names.pod}_${UID}/web-app/0.log`]: '',
  });
  expect(findContainerLog(path, ID)).toEqual(names);
  expect(findContainerLog(path, ID.slice(1))).toBeUndefined();
  expect(findPodLogs(path, UID)).toEqual({ namespace: 'shop', pod: names.pod });
  expect(findPodLogs(path, UID.slice(9))).toBeUndefined();
  expect(findPodLogs(`${path}/none`, UID)).toBeUndefined();
});

test('a name made to be slow is not', () => {
  const began = performance.now();
  for (const text of [`${'a-'.repeat(100_000)}_`, `${'a.'.repeat(100_000)}!`]) {
    expect(parseContainerLog(text)).toBeUndefined();
    expect(kubernetesIdentity('shop', text)).toBeUndefined();
  }
  expect(performance.now() - began).toBeLessThan(5000);
});
