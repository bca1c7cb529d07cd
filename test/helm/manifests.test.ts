import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { testNeeding } from '../real/needs.ts';
import { needs } from './chart-tool.ts';
import { agentFiles, chartFolder, only, render, valueFiles, valuesOf } from './rendered-chart.ts';

const everything = valuesOf('everything-values.yaml');
interface Volume {
  readonly name: string;
  readonly hostPath?: { readonly path: string };
}

const enabled = ['--set', 'podMonitor.enabled=true,prometheusRule.enabled=true'];

for (const file of agentFiles) {
  testNeeding(...needs.helm)(`with ${file} the container has the rights to read, and no others`, () => {
    const manifests = render(valuesOf(file));
    const pod = only(manifests, 'DaemonSet').spec.template.spec;
    const asksKubelet = pod.containers[0].args.some((flag: string) => flag.startsWith('--kubernetes.kubelet='));
    expect(pod).toMatchObject({ hostPID: true, enableServiceLinks: false, automountServiceAccountToken: asksKubelet });
    for (const absent of ['hostNetwork', 'hostIPC', 'initContainers', 'securityContext']) {
      expect(pod).not.toHaveProperty(absent);
    }
    expect(pod.containers).toHaveLength(1);
    const { appArmorProfile: _, ...rights } = pod.containers[0].securityContext;
    expect(rights).toEqual({
      runAsUser: 0,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], add: ['SYS_PTRACE', 'DAC_READ_SEARCH'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
    const account = only(manifests, 'ServiceAccount');
    expect(pod.serviceAccountName).toBe(account.metadata.name);
    expect(account.automountServiceAccountToken).toBe(false);
  });
}

for (const file of valueFiles) {
  testNeeding(...needs.helm)(`with ${file} no rights in the cluster are granted, but to list a kubelet's pods`, () => {
    const manifests = render(valuesOf(file));
    const rights = manifests.filter(({ kind }) => kind === 'ClusterRole').flatMap(({ rules }) => rules);
    const asked = file === 'everything-values.yaml';
    expect(rights).toEqual(asked ? [{ apiGroups: [''], resources: ['nodes/pods'], verbs: ['get'] }] : []);
    const kinds = new Set(
      manifests.map(({ kind }) => kind).filter((kind) => !(asked && kind.startsWith('ClusterRole'))),
    );
    const monitoring = ['PodMonitor', 'ServiceMonitor', 'PrometheusRule'];
    const harmless = ['ServiceAccount', 'DaemonSet', 'ConfigMap', 'Service', 'NetworkPolicy', ...monitoring];
    expect([...kinds].filter((kind) => !harmless.includes(kind))).toEqual([]);
  });
}

testNeeding(...needs.helm)('of the node it mounts the names of logs, and a folder for its state on request', () => {
  const mountsOf = (args: string[]) => {
    const { volumes = [], containers } = only(render(args), 'DaemonSet').spec.template.spec;
    const paths = new Map<string, string>(
      volumes.flatMap(({ name, hostPath }: Volume) => (hostPath ? [[name, hostPath.path]] : [])),
    );
    const mounts: Volume[] = containers[0].volumeMounts ?? [];
    return mounts.flatMap(({ name, ...mount }) => (paths.has(name) ? [{ ...mount, of: paths.get(name) }] : []));
  };
  const names = { of: '/var/log/containers', mountPath: '/host/var/log/containers', readOnly: true };
  const state = { of: '/var/lib/heapwatch', mountPath: '/var/lib/heapwatch' };
  expect(mountsOf([])).toEqual([names]);
  expect(mountsOf(valuesOf('agent-values.yaml'))).toEqual([names, state]);
  expect(mountsOf(everything)).toEqual([state]);
  expect(mountsOf(valuesOf('minimal-values.yaml'))).toEqual([]);
});

testNeeding(...needs.helm)('an AppArmor profile is set only on request', () => {
  const contextOf = (args: string[]) =>
    only(render(args), 'DaemonSet').spec.template.spec.containers[0].securityContext;
  expect(contextOf([])).not.toHaveProperty('appArmorProfile');
  expect(contextOf(['--set', 'appArmorProfile=Unconfined']).appArmorProfile).toEqual({ type: 'Unconfined' });
});

testNeeding(...needs.helm)('what everyone needs is installed unasked, what needs an operator is not', () => {
  const kinds = new Set(render().map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual(['ConfigMap', 'DaemonSet', 'ServiceAccount']);
  expect(render(valuesOf('minimal-values.yaml')).map(({ kind }) => kind)).toEqual(['ServiceAccount', 'DaemonSet']);
});

testNeeding(...needs.helm)('the probes ask where heapwatch answers', () => {
  const [container] = only(render(), 'DaemonSet').spec.template.spec.containers;
  expect(container.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'metrics' });
  expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'metrics' });
  expect(container.ports).toEqual([{ name: 'metrics', containerPort: 10148 }]);
  expect(container.args).toContain('--web.listen-address=:10148');
});

testNeeding(...needs.helm)('a digest wins over a tag, a tag over the version of the chart', () => {
  const imageOf = (args: string[]) => only(render(args), 'DaemonSet').spec.template.spec.containers[0].image;
  expect(imageOf([])).toBe('localhost/heapwatch:0.1.0');
  expect(imageOf(['--set', 'image.repository=r.example.com/h,image.tag=edge'])).toBe('r.example.com/h:edge');
  expect(imageOf(everything)).toMatch(/^registry\.example\.com\/platform\/heapwatch@sha256:0123/);
});

testNeeding(...needs.helm)("the monitor finds the pods and keeps the watched process's labels", () => {
  const manifests = render(enabled);
  const { spec } = only(manifests, 'PodMonitor');
  expect(only(manifests, 'DaemonSet').spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
  expect(spec.jobLabel).toBe('app.kubernetes.io/name');
  expect(spec.podMetricsEndpoints).toMatchObject([{ port: 'metrics', path: '/metrics', honorLabels: true }]);
});

testNeeding(...needs.helm)('the labels that an operator selects by are on what it reads', () => {
  const manifests = render(everything);
  for (const kind of ['PodMonitor', 'PrometheusRule']) {
    expect(only(manifests, kind).metadata.labels).toMatchObject({ release: 'monitoring' });
  }
});

testNeeding(...needs.helm)("the alerts are the file's, with Prometheus's own templates untouched", () => {
  const file = parse(readFileSync(join(chartFolder, 'files/heapwatch.rules.yaml'), 'utf8'));
  expect(only(render(enabled), 'PrometheusRule').spec).toEqual(file);
  expect(file.groups.length).toBeGreaterThan(0);
});

testNeeding(...needs.helm)('each dashboard is in a ConfigMap that Grafana takes, as it is in its file', () => {
  const maps = render(everything).filter(({ kind }) => kind === 'ConfigMap');
  expect(maps.map(({ metadata }) => metadata.name)).toEqual([
    'memory-watch-dashboard-heapwatch',
    'memory-watch-dashboard-overview',
    'memory-watch-dashboard-process',
  ]);
  for (const { metadata, data } of maps) {
    expect(metadata.labels).toMatchObject({ grafana_dashboard: '1', team: 'platform' });
    expect(metadata.annotations).toEqual({ grafana_folder: 'heapwatch' });
    const [[name, json] = ['', ''], ...others] = Object.entries<string>(data);
    expect(others).toEqual([]);
    const file = join(chartFolder, 'files/dashboards', name.replace(/^heapwatch-/, ''));
    expect(JSON.parse(json)).toEqual(JSON.parse(readFileSync(file, 'utf8')));
  }
});

const api = (...kinds: string[]) => kinds.flatMap((kind) => ['--api-versions', `monitoring.coreos.com/v1/${kind}`]);
const kindsWith = (...args: string[]) => render(args).map(({ kind }) => kind);

testNeeding(...needs.helm)(
  'what needs an operator is installed where the cluster knows it, unless it is refused',
  () => {
    expect(kindsWith(...api('PodMonitor', 'PrometheusRule'))).toEqual(
      expect.arrayContaining(['PodMonitor', 'PrometheusRule']),
    );
    expect(kindsWith(...api('PodMonitor'))).not.toContain('PrometheusRule');
    expect(kindsWith(...api('PodMonitor'), '--set', 'podMonitor.enabled=false')).not.toContain('PodMonitor');
  },
);

testNeeding(...needs.helm)('Prometheus scrapes pods or endpoints, never both', () => {
  const both = api('PodMonitor', 'ServiceMonitor');
  const endpoints = kindsWith(...both, '--set', 'serviceMonitor.enabled=auto');
  expect(endpoints).toEqual(expect.arrayContaining(['Service', 'ServiceMonitor']));
  expect(endpoints).not.toContain('PodMonitor');
  const wrong = ['--set', 'podMonitor.enabled=true,serviceMonitor.enabled=true'];
  expect(() => render(wrong)).toThrow('podMonitor.enabled and serviceMonitor.enabled: Prometheus would scrape');
  expect(() => render(['--set', 'mode=sidecar,serviceMonitor.enabled=true'])).toThrow('a sidecar has no Service');
});

testNeeding(...needs.helm)(
  'a ServiceMonitor finds the Service, that the pods, and the labels are as a PodMonitor has them',
  () => {
    const manifests = render(valuesOf('agent-values.yaml'));
    const service = only(manifests, 'Service');
    const { spec } = only(manifests, 'ServiceMonitor');
    expect(service.metadata.labels).toMatchObject(spec.selector.matchLabels);
    expect(only(manifests, 'DaemonSet').spec.template.metadata.labels).toMatchObject(service.spec.selector);
    const [endpoint] = only(render(enabled), 'PodMonitor').spec.podMetricsEndpoints;
    expect(spec.endpoints).toEqual([endpoint]);
  },
);

testNeeding(...needs.helm)('a NetworkPolicy lets scrapes in and nothing out', () => {
  const { spec } = only(render(valuesOf('agent-values.yaml')), 'NetworkPolicy');
  expect(spec).toMatchObject({ policyTypes: ['Ingress', 'Egress'], egress: [] });
  expect(spec.ingress).toMatchObject([{ ports: [{ port: 'metrics' }], from: [{ namespaceSelector: {} }] }]);
});

testNeeding(...needs.helm)(
  'the right to list pods is bound to the account that the pods have, in new clusters only',
  () => {
    const args = ['--set', 'kubelet.enabled=true'];
    const manifests = render(args);
    const binding = only(manifests, 'ClusterRoleBinding');
    expect(binding.roleRef.name).toBe(only(manifests, 'ClusterRole').metadata.name);
    const { metadata } = only(manifests, 'ServiceAccount');
    expect(binding.subjects).toEqual([{ kind: 'ServiceAccount', name: metadata.name, namespace: 'monitoring' }]);
    expect(() => render([...args, '--kube-version', '1.32.9'])).toThrow(
      'kubelet.enabled needs Kubernetes 1.33 or newer',
    );
    const { egress } = only(render([...args, '--set', 'networkPolicy.enabled=true']), 'NetworkPolicy').spec;
    expect(egress).toEqual([{ ports: [{ port: 10250 }] }]);
  },
);
