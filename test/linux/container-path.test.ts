import { expect, test } from 'vitest';
import { containerOfPaths, parseCgroupPaths } from '../../src/linux/container-path.ts';

const ID = '4f5c1e0b7a9d4c3f8e2b6a1d0c9f8e7d6b5a4c3f2e1d0b9a8c7f6e5d4b3a2c1f';
const OTHER_ID = '0011223344556677889900aabbccddeeff0011223344556677889900aabbccdd';
const POD = '5c9f9a4e-8f2b-4d7a-9e61-2b3c4d5e6f70';
const POD_ = POD.replaceAll('-', '_');

test.each([
  ['Docker, cgroupfs', `/docker/${ID}`, { id: ID }],
  ['Docker, systemd', `/system.slice/docker-${ID}.scope`, { id: ID }],
  ['Docker without root', `/user.slice/user-1000.slice/user@1000.service/user.slice/docker-${ID}.scope`, { id: ID }],
  ['Docker in Docker', `/docker/${OTHER_ID}/docker/${ID}`, { id: ID }],
  ['containerd by nerdctl', `/system.slice/nerdctl-${ID}.scope`, { id: ID }],
  ['containerd by ctr', `/default/${ID}`, { id: ID }],
  ['podman', `/machine.slice/libpod-${ID}.scope/container`, { id: ID }],
  [
    'podman without root',
    `/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope/container`,
    { id: ID },
  ],
  ['podman, cgroupfs', `/libpod_parent/libpod-${ID}`, { id: ID }],
  ['Kubernetes guaranteed, cgroupfs', `/kubepods/pod${POD}/${ID}`, { id: ID, podUid: POD }],
  ['Kubernetes burstable, cgroupfs', `/kubepods/burstable/pod${POD}/${ID}`, { id: ID, podUid: POD }],
  [
    'Kubernetes with containerd, systemd',
    `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${POD_}.slice/cri-containerd-${ID}.scope`,
    { id: ID, podUid: POD },
  ],
  [
    'Kubernetes guaranteed, systemd',
    `/kubepods.slice/kubepods-pod${POD_}.slice/cri-containerd-${ID}.scope`,
    { id: ID, podUid: POD },
  ],
  [
    'Kubernetes with CRI-O, systemd',
    `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${POD_}.slice/crio-${ID}.scope`,
    { id: ID, podUid: POD },
  ],
  ['Kubernetes with CRI-O, cgroupfs', `/kubepods/besteffort/pod${POD}/crio-${ID}`, { id: ID, podUid: POD }],
  [
    'Kubernetes with Docker, systemd',
    `/kubepods.slice/kubepods-pod${POD_}.slice/docker-${ID}.scope`,
    { id: ID, podUid: POD },
  ],
  [
    'Kubernetes with two drivers',
    `/system.slice/containerd.service/kubepods-burstable-pod${POD_}.slice:cri-containerd:${ID}`,
    { id: ID, podUid: POD },
  ],
  [
    'Kubernetes in Docker (kind)',
    `/docker/${OTHER_ID}/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${POD_}.slice/cri-containerd-${ID}.scope`,
    { id: ID, podUid: POD },
  ],
  ['a static pod', `/kubepods/burstable/pod${ID.slice(0, 32)}/${ID}`, { id: ID, podUid: ID.slice(0, 32) }],
  ['a sibling, from a cgroup namespace', `/../cri-containerd-${ID}.scope`, { id: ID }],
  ['a sibling pod, from a cgroup namespace', `/../../pod${POD}/${ID}`, { id: ID, podUid: POD }],
  ['Amazon ECS on EC2', `/ecs/0123456789abcdef0123456789abcdef/${ID}`, { id: ID }],
  ['a unit in a container', `/docker/${ID}/system.slice/nginx.service`, { id: ID, unit: 'nginx.service' }],
  ["CRI-O's monitor", `/machine.slice/crio-conmon-${ID}.scope`, { unit: `crio-conmon-${ID}.scope` }],
  ['a systemd service', '/system.slice/nginx.service', { unit: 'nginx.service' }],
  [
    "a user's service",
    '/user.slice/user-1000.slice/user@1000.service/app.slice/shop.service',
    { unit: 'shop.service' },
  ],
  ['a part of a service', '/system.slice/shop.service/workers', { unit: 'shop.service' }],
  ['a login', '/user.slice/user-0.slice/session-4.scope', { unit: 'session-4.scope' }],
  ['the root', '/', {}],
  ['our own cgroup namespace', '/..', {}],
  ['an id that is too short', `/docker/${ID.slice(1)}`, {}],
  ['an id in capitals', `/docker/${ID.toUpperCase()}`, {}],
  ['an id that goes on', `/docker/${ID}0`, {}],
  ['an id with words behind it', `/docker/${ID}-logs`, {}],
  ['LXC', '/lxc.payload.web1', {}],
])('%s', (_, path, expected) => {
  expect(containerOfPaths([path])).toEqual(expected);
});

test('of several hierarchies the one that says most counts', () => {
  const v1 = parseCgroupPaths(
    `12:cpuset:/\n4:memory:/docker/${ID}\n1:name=systemd:/system.slice/docker.service\n0::/\n`,
  );
  expect(v1).toEqual(['/', `/docker/${ID}`, '/system.slice/docker.service']);
  expect(containerOfPaths(v1)).toEqual({ id: ID });
});

test('the paths of a membership are listed once each, nonsense left out', () => {
  expect(parseCgroupPaths('0::/a:b:c (deleted)\n3:cpu,cpuacct:/x\n4:memory:/x\nmemory\n::\n1:a\n5:x:y\n')).toEqual([
    '/a:b:c',
    '/x',
  ]);
  expect(parseCgroupPaths('')).toEqual([]);
});

test('a name made to be slow is not', () => {
  const path = `/${'a-'.repeat(30_000)}/pod${'-'.repeat(30_000)}`;
  const began = performance.now();
  expect(containerOfPaths([path])).toEqual({});
  expect(performance.now() - began).toBeLessThan(1000);
});
