import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { testNeeding } from '../real/needs.ts';
import { isInstalled } from '../real/prometheus.ts';
import { needs } from './chart-tool.ts';
import { only, render } from './rendered-chart.ts';

interface Relabeling {
  readonly action: string;
  readonly sourceLabels?: string[];
  readonly targetLabel?: string;
  readonly regex?: string;
}

/** The labels of a pod's series, as Prometheus makes them of what the operator hands it. */
function targetLabels(relabelings: readonly Relabeling[], labels: Record<string, string>): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-relabelings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const config = {
    job_name: 'pods',
    static_configs: [{ targets: ['10.0.0.1:10148'], labels }],
    relabel_configs: relabelings.map(({ action, sourceLabels, targetLabel, regex }) => ({
      action,
      ...(sourceLabels && { source_labels: sourceLabels }),
      ...(targetLabel && { target_label: targetLabel }),
      ...(regex && { regex }),
    })),
  };
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, stringify({ scrape_configs: [config] }));
  const found = execFileSync('promtool', ['check', 'service-discovery', '--timeout=1s', file, 'pods'], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return JSON.parse(found)[0].labels;
}

testNeeding('promtool, or helm (.ci/chart-tools builds it)', needs.helm[1] && isInstalled('promtool'))(
  "a watched process is not given the name of heapwatch's own pod, but that of the node",
  () => {
    const monitor = only(render(['--set', 'podMonitor.enabled=true']), 'PodMonitor');
    const [endpoint] = monitor.spec.podMetricsEndpoints;
    const labels = targetLabels(endpoint.relabelings, {
      __meta_kubernetes_pod_node_name: 'node-1',
      namespace: 'monitoring',
      pod: 'heapwatch-x7k2p',
      container: 'heapwatch',
      job: 'heapwatch',
    });
    expect(labels).toMatchObject({ instance: 'node-1', namespace: 'monitoring', job: 'heapwatch' });
    expect(labels).not.toHaveProperty('pod');
    expect(labels).not.toHaveProperty('container');
  },
);
