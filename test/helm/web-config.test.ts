import { posix } from 'node:path';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { testNeeding } from '../real/needs.ts';
import { needs } from './chart-tool.ts';
import { type Manifest, only, render, valuesOf } from './rendered-chart.ts';
import { applicationChart } from './sidecars.ts';

const withHelm = testNeeding(...needs.helm);

/** Of pods that have a Secret named `web`. */
const web = (...more: string[]) => ['--set', ['webConfig.existingSecret=web', ...more].join()];
const webOfApplication = (...more: string[]) =>
  web(...more).map((argument) => argument.replace(/(?<=^|,)web/g, 'heapwatch.web'));

const agent = (spec: Manifest) => spec.containers[0];
const agentPod = (...more: string[]) => only(render(web(...more)), 'DaemonSet').spec.template.spec;
const sidecar = (spec: Manifest) => spec.initContainers[0];
const sidecarPod = (...more: string[]) => parse(applicationChart(webOfApplication(...more))).spec.template.spec;

for (const [what, pod, container] of [
  ['an agent', agentPod, agent],
  ['a sidecar', sidecarPod, sidecar],
] as const) {
  withHelm(`${what} reads the web configuration where the Secret is mounted, and kubelet asks by HTTPS`, () => {
    const spec = pod();
    const { args, volumeMounts, livenessProbe } = container(spec);
    const file = args.find((flag: string) => flag.startsWith('--web.config.file=')).split('=')[1];
    expect(posix.basename(file)).toBe('web-config.yml');
    const folder = posix.dirname(file);
    // Exactly so: by subPath it would never change.
    expect(volumeMounts).toContainEqual({ name: 'heapwatch-web-config', mountPath: folder, readOnly: true });
    expect(spec.volumes).toContainEqual({ name: 'heapwatch-web-config', secret: { secretName: 'web' } });
    expect(livenessProbe.httpGet.scheme).toBe('HTTPS');
  });

  withHelm(`where a certificate is required kubelet, which has none, only connects to ${what}`, () => {
    const { livenessProbe, readinessProbe } = container(pod('webConfig.requiresClientCertificate=true'));
    for (const probe of [livenessProbe, ...(what === 'an agent' ? [readinessProbe] : [])]) {
      expect(probe).toHaveProperty('tcpSocket.port');
      expect(probe).not.toHaveProperty('httpGet');
    }
  });
}

withHelm('a monitor asks as heapwatch answers, and shows what it is given', () => {
  const [endpoint] = only(render(valuesOf('tls-values.yaml')), 'PodMonitor').spec.podMetricsEndpoints;
  expect(endpoint).toMatchObject({
    scheme: 'https',
    tlsConfig: { serverName: 'heapwatch.monitoring', keySecret: { name: 'heapwatch-scrape', key: 'tls.key' } },
    basicAuth: { password: { name: 'heapwatch-scrape', key: 'password' } },
  });
  const asked = ['serviceMonitor.enabled=true', 'serviceMonitor.tlsConfig.insecureSkipVerify=true'];
  const [service] = only(render(web(...asked)), 'ServiceMonitor').spec.endpoints;
  expect(service).toMatchObject({ scheme: 'https', tlsConfig: { insecureSkipVerify: true } });
  expect(service).not.toHaveProperty('basicAuth');
  const ofSidecars = only(render(web('mode=sidecar', 'podMonitor.enabled=true')), 'PodMonitor').spec;
  expect(ofSidecars.podMetricsEndpoints).toMatchObject([{ port: 'heapwatch', scheme: 'https' }]);
});

withHelm('passwords without TLS are asked for by HTTP', () => {
  const manifests = render(web('webConfig.tls=false', 'podMonitor.enabled=true'));
  expect(only(manifests, 'PodMonitor').spec.podMetricsEndpoints[0]).not.toHaveProperty('scheme');
  const { livenessProbe, readinessProbe } = agent(only(manifests, 'DaemonSet').spec.template.spec);
  expect(livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'metrics' });
  expect(readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'metrics' });
});
