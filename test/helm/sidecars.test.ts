import { expect } from 'vitest';
import { parse } from 'yaml';
import { parseCommandLine } from '../../src/config/command-line.ts';
import { readSettings } from '../../src/config/read-settings.ts';
import { settingTable } from '../../src/config/settings.ts';
import { testNeeding } from '../real/needs.ts';
import { needs, runTool } from './chart-tool.ts';
import { only, render, valuesOf } from './rendered-chart.ts';
import { application, applicationChart, plainManifest, withComponents } from './sidecars.ts';

const podOf = (manifest: string) => parse(manifest).spec.template;
// biome-ignore lint/suspicious/noExplicitAny: a manifest's shape is what kubeconform checks
const sidecarOf = (pod: any) => pod.spec.initContainers.find(({ name }: { name: string }) => name === 'heapwatch');

/** What Pod Security says against a pod; empty when it is allowed. */
// biome-ignore lint/suspicious/noExplicitAny: the same
function forbidden(level: string, pod: any): string {
  const { code, stdout, stderr } = runTool('pod-security', [level], JSON.stringify(pod));
  if (code !== 0 && code !== 1) throw new Error(stderr);
  return stdout;
}

const withSidecars = testNeeding(...needs.sidecars);
const withSecret = ['--set', 'heapwatch.webConfig.existingSecret=web'];
const byProfile = (profile: string) => applicationChart(['--set', `heapwatch.sidecar.profile=${profile}`]);

withSidecars("a sidecar of the application's user is allowed at the restricted level, however it came there", () => {
  expect(forbidden('restricted', podOf(applicationChart()))).toBe('');
  expect(forbidden('restricted', podOf(applicationChart(withSecret)))).toBe('');
  expect(forbidden('restricted', podOf(plainManifest()))).toBe('');
  const pod = podOf(withComponents(['sidecar'], [application]));
  // Of this application heapwatch is the only container that says how it is confined.
  expect(
    forbidden('restricted', { ...pod, spec: { ...pod.spec, containers: [], initContainers: [sidecarOf(pod)] } }),
  ).toBe('');
});

withSidecars('a sidecar that runs as root is not, and Pod Security names the reasons', () => {
  for (const manifest of [byProfile('root'), withComponents(['sidecar-root'], [application])]) {
    const reasons = forbidden('baseline', podOf(manifest));
    expect(reasons).toContain('container "heapwatch" must not include "DAC_READ_SEARCH", "SYS_PTRACE"');
    expect(forbidden('privileged', podOf(manifest))).toBe('');
  }
});

withSidecars('the same container comes out of the chart, the components and the manifest to copy', () => {
  const unnamed = ['null', 'null', ''].map((value, index) => [
    '--set',
    `heapwatch.sidecar.${['runAsUser', 'runAsGroup', 'container'][index]}=${value}`,
  ]);
  const ofChart = (profile: string) =>
    sidecarOf(podOf(applicationChart([...unnamed.flat(), '--set', `heapwatch.sidecar.profile=${profile}`])));
  const image = 'registry.example.com/heapwatch:0.1.0';
  expect(sidecarOf(podOf(plainManifest()))).toEqual(ofChart('same-user'));
  expect(sidecarOf(podOf(withComponents(['sidecar'], [application])))).toEqual({ ...ofChart('same-user'), image });
  expect(sidecarOf(podOf(withComponents(['sidecar-root'], [application])))).toEqual({ ...ofChart('root'), image });
});

withSidecars('with the component for a web configuration it is served as the chart has it', () => {
  const pod = podOf(withComponents(['sidecar', 'sidecar-web-config'], [application]));
  const ofChart = podOf(applicationChart(['--set', 'heapwatch.webConfig.existingSecret=heapwatch-web-config']));
  const [own, charts] = [sidecarOf(pod), sidecarOf(ofChart)];
  expect(pod.spec.volumes).toEqual(ofChart.spec.volumes);
  expect([own.volumeMounts, own.livenessProbe]).toEqual([charts.volumeMounts, charts.livenessProbe]);
  const environment = Object.fromEntries(
    own.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );
  expect(charts.args).toContain(`--web.config.file=${environment.HEAPWATCH_WEB_CONFIG_FILE}`);
  expect(environment).toHaveProperty('HEAPWATCH_KUBERNETES_POD');
  expect(readSettings(settingTable, [], { HEAPWATCH_WEB_CONFIG_FILE: '/web-config.yml' })).toMatchObject({
    values: { webConfigFile: '/web-config.yml' },
  });
});

withSidecars('it is a native sidecar in a shared pid namespace, and knows its pod by the downward API', () => {
  const pod = podOf(applicationChart());
  expect(pod.metadata.labels).toEqual({ app: 'shop', heapwatch: 'sidecar' });
  expect(pod.spec.shareProcessNamespace).toBe(true);
  const sidecar = sidecarOf(pod);
  expect(sidecar).toMatchObject({ restartPolicy: 'Always', securityContext: { runAsUser: 10001, runAsGroup: 10001 } });
  expect(sidecar).not.toHaveProperty('readinessProbe');
  const field = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
  expect(sidecar.env).toEqual([
    { name: 'HEAPWATCH_KUBERNETES_NAMESPACE', ...field('metadata.namespace') },
    { name: 'HEAPWATCH_KUBERNETES_POD', ...field('metadata.name') },
    { name: 'HEAPWATCH_KUBERNETES_CONTAINER', value: 'app' },
  ]);
  expect(parseCommandLine(settingTable, sidecar.args.slice(1))).toMatchObject({ ok: true });
});

withSidecars('a component adds to what a workload of any kind has, and leaves those alone that did not ask', () => {
  const set = { ...application, kind: 'StatefulSet' };
  const other = { ...application, metadata: { name: 'other' } };
  const [asked, silent] = withComponents(['sidecar'], [set, other]).split(/^---$/m).map(podOf).sort(bySidecar);
  expect(asked.spec.initContainers.map(({ name }: { name: string }) => name).sort()).toEqual(['heapwatch', 'migrate']);
  expect(asked.spec).toMatchObject({ shareProcessNamespace: true, securityContext: { runAsUser: 10001 } });
  expect(silent).toEqual(other.spec.template);
});

withSidecars('before Kubernetes 1.29 a sidecar is refused, as it would keep the application from starting', () => {
  expect(() => applicationChart(['--kube-version', '1.28.15'])).toThrow('heapwatch.sidecar needs Kubernetes 1.29');
  expect(applicationChart(['--kube-version', '1.29.0'])).toContain('restartPolicy: Always');
});

withSidecars('the monitor of mode: sidecar finds such pods by their label and port', () => {
  const manifests = render(valuesOf('sidecar-values.yaml'));
  const { spec } = only(manifests, 'PodMonitor');
  const pod = podOf(applicationChart());
  expect(pod.metadata.labels).toMatchObject(spec.selector.matchLabels);
  expect(spec.namespaceSelector).toEqual({ any: true });
  expect(spec.podMetricsEndpoints[0].port).toBe(sidecarOf(pod).ports[0].name);
  expect(manifests.map(({ kind }) => kind)).not.toContain('DaemonSet');
});

// biome-ignore lint/suspicious/noExplicitAny: the same
function bySidecar(a: any, b: any): number {
  return Number(sidecarOf(b) !== undefined) - Number(sidecarOf(a) !== undefined);
}
