import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { testNeeding } from '../real/needs.ts';
import { needs } from './chart-tool.ts';
import { chartFolder, only, render, valueFiles, valuesOf } from './rendered-chart.ts';

const everything = valuesOf('everything-values.yaml');
const enabled = ['--set', 'podMonitor.enabled=true,prometheusRule.enabled=true'];

for (const file of valueFiles) {
  testNeeding(...needs.helm)(`with ${file} the container has the rights to read, and no others`, () => {
    const manifests = render(valuesOf(file));
    const pod = only(manifests, 'DaemonSet').spec.template.spec;
    expect(pod).toMatchObject({ hostPID: true, automountServiceAccountToken: false, enableServiceLinks: false });
    for (const absent of ['hostNetwork', 'hostIPC', 'volumes', 'initContainers', 'securityContext']) {
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

  testNeeding(...needs.helm)(`with ${file} no rights in the cluster are granted`, () => {
    const kinds = new Set(render(valuesOf(file)).map(({ kind }) => kind));
    const harmless = ['ServiceAccount', 'DaemonSet', 'ConfigMap', 'PodMonitor', 'PrometheusRule'];
    expect([...kinds].filter((kind) => !harmless.includes(kind))).toEqual([]);
  });
}

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
