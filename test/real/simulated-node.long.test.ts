import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { KubernetesIdentity } from '../../src/model/target.ts';
import { recordTree } from '../linux/recorded-tree.ts';
import { type Server, startServer } from './heapwatch.ts';
import { testNeeding } from './needs.ts';
import { canSimulateNode, layouts, startNode } from './simulated-node.ts';
import { until } from './until.ts';

const PODS = 60;
const namespaces = ['shop', 'bank', 'kube-system', 'team-7-staging'];

type Identity = Required<KubernetesIdentity>;

/** Every sixth pod has two containers. */
function containersOf(pod: number): Identity[] {
  const namespace = namespaces[Math.floor(pod / 4) % namespaces.length]!;
  const names = pod % 6 === 0 ? ['web', 'worker-2'] : ['web'];
  return names.map((container) => ({ namespace, pod: `api-${pod}-7d4b9c6f5d-x2k4q`, container }));
}

/** A name of its own, by which nothing else that runs here is asked for. */
function copyOfPython(): string {
  const { path } = recordTree({});
  chmodSync(path, 0o755);
  mkdirSync(join(path, 'bin'));
  const copy = join(path, 'bin/python-pods');
  copyFileSync('/usr/bin/python3', copy);
  return copy;
}

/** The labels of Kubernetes on a process's series: one text for all that agree. */
async function labelsByPid(server: Server): Promise<Map<number, Set<string>>> {
  const text = await (await fetch(`${server.url}/metrics`, { signal: AbortSignal.timeout(30_000) })).text();
  const found = new Map<number, Set<string>>();
  for (const line of text.split('\n')) {
    const pid = Number(/\bpid="(\d+)"/.exec(line)?.[1]);
    if (Number.isNaN(pid)) continue;
    const labels = [...line.matchAll(/[{,]((?:namespace|pod|container)="[^"]*")/g)].map(([, label]) => label);
    found.set(pid, (found.get(pid) ?? new Set()).add(labels.join()));
  }
  return found;
}

const said = ({ namespace, pod, container }: Identity) =>
  `namespace="${namespace}",pod="${pod}",container="${container}"`;

testNeeding('root with cgroups of both versions, and /usr/bin/python3', canSimulateNode)(
  `the containers of ${PODS} pods, in cgroups of both versions and drivers, have their names on every series`,
  async () => {
    const node = await startNode(copyOfPython());
    const expected = new Map<number, Set<string>>();
    const kinds = Object.values(layouts);
    for (let pod = 0; pod < PODS; pod++) {
      for (const identity of containersOf(pod)) {
        expected.set(await node.start(kinds[pod % kinds.length]!, identity), new Set([said(identity)]));
      }
    }
    const nameless = new Set(['']);
    const uid = '5c9f9a4e-8f2b-4d7a-9e61-2b3c4d5e6f70';
    expected.set(await node.startIn('v1', `/vendor/tenant-7/${uid}/app`), nameless);
    // kubelet's own layout, of a container of which nothing is written down.
    const unknown = await node.startIn('v2', `/kubepods/burstable/pod${uid}/${'ab12'.repeat(16)}`);
    expected.set(unknown, nameless);

    const settings = [
      '--discovery.min-age=0s',
      '--discovery.include=name=python-pods',
      '--census.types=15',
      '--log.level=warn',
    ];
    const server = await startServer([...settings, `--path.rootfs=${node.rootfs.path}`]);
    const seen = async () => new Map([...(await labelsByPid(server))].filter(([pid]) => expected.has(pid)));
    await until('all containers', 60_000, async () => (await seen()).size === expected.size || undefined);
    expect(await seen()).toEqual(expected);

    const [moved] = expected.keys();
    const elsewhere = { namespace: 'bank', pod: 'vault-0', container: 'vault' };
    node.move(moved!, layouts['version 1, systemd']!, elsewhere);
    expected.set(moved!, new Set([said(elsewhere)]));
    const late = { namespace: 'shop', pod: 'late-0', container: 'web' };
    node.rootfs.write({ [`var/log/containers/late-0_shop_web-${'ab12'.repeat(16)}.log`]: '' });
    expected.set(unknown, new Set([said(late)]));
    await until('the new names', 120_000, async () => {
      const labels = await seen();
      return (
        [moved!, unknown].every((pid) => String([...labels.get(pid)!]) === String([...expected.get(pid)!])) || undefined
      );
    });
    expect(await seen()).toEqual(expected);
  },
);

testNeeding('root with cgroups of both versions, and /usr/bin/python3', canSimulateNode)(
  'a sidecar that knows its pod by the downward API says so of all that it sees, and of nothing on a whole node',
  async () => {
    const node = await startNode(copyOfPython());
    const identity = { namespace: 'shop', pod: 'cart-0', container: 'app' };
    const pid = await node.start(layouts['version 2, systemd']!, { ...identity, pod: 'unseen' });
    const inPod = 'mount -t proc proc /proc && exec setpriv --pdeathsig KILL "$@"';
    const { path } = recordTree({
      beside: `#!/bin/sh\nexec nsenter --target=${pid} --pid unshare --mount sh -c '${inPod}' sh "$@"\n`,
    });
    chmodSync(join(path, 'beside'), 0o755);
    const environment = {
      HEAPWATCH_KUBERNETES_NAMESPACE: identity.namespace,
      HEAPWATCH_KUBERNETES_POD: identity.pod,
      HEAPWATCH_KUBERNETES_CONTAINER: identity.container,
    };
    const settings = ['--discovery.min-age=0s', '--discovery.include=name=python-pods', '--log.level=warn'];
    const labelsOf = async (inside: number, through?: string) => {
      const server = await startServer(settings, environment, through);
      const labels = await until('the process', 60_000, async () => (await labelsByPid(server)).get(inside));
      await server.stop();
      return labels;
    };
    expect(await labelsOf(1, join(path, 'beside'))).toEqual(new Set([said(identity)]));
    expect(await labelsOf(pid)).toEqual(new Set(['']));
  },
);
