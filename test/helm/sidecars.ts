import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { runTool } from './chart-tool.ts';
import { chartFolder, onKubernetes } from './rendered-chart.ts';

const deploy = fileURLToPath(new URL('../../deploy', import.meta.url));

/** An application's chart that depends on ours, rendered, as YAML. Throws helm's words when it refuses. */
export function applicationChart(args: readonly string[] = []): string {
  const folder = temporaryFolder();
  cpSync(fileURLToPath(new URL('app', import.meta.url)), folder, { recursive: true });
  cpSync(chartFolder, join(folder, 'charts/heapwatch'), { recursive: true });
  return output('helm', ['template', 'shop', folder, ...onKubernetes, ...args]);
}

/** An application of these manifests with kustomize components, in their order, as YAML. */
export function withComponents(components: readonly string[], manifests: readonly object[]): string {
  const folder = temporaryFolder();
  cpSync(join(deploy, 'kustomize'), join(folder, 'components'), { recursive: true });
  writeFileSync(join(folder, 'app.yaml'), manifests.map((manifest) => stringify(manifest)).join('---\n'));
  const images = [{ name: 'localhost/heapwatch', newName: 'registry.example.com/heapwatch' }];
  const kustomization = { resources: ['app.yaml'], components: components.map((name) => `components/${name}`), images };
  writeFileSync(join(folder, 'kustomization.yaml'), stringify(kustomization));
  return output('kustomize', ['build', folder]);
}

/** An application without heapwatch that asks for it. */
export const application = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop', labels: { heapwatch: 'sidecar' } },
  spec: {
    selector: { matchLabels: { app: 'shop' } },
    template: {
      metadata: { labels: { app: 'shop' } },
      spec: {
        securityContext: { runAsUser: 10001, runAsGroup: 10001 },
        initContainers: [{ name: 'migrate', image: 'registry.example.com/shop:1.0.0' }],
        containers: [{ name: 'app', image: 'registry.example.com/shop:1.0.0' }],
      },
    },
  },
};

/** The manifest to copy from. */
export const plainManifest = () => readFileSync(join(deploy, 'sidecar.yaml'), 'utf8');

/** Every way in which we offer sidecars. */
export function sidecars(): string[] {
  const components = [['sidecar'], ['sidecar-root'], ['sidecar', 'sidecar-web-config']];
  return [applicationChart(), ...components.map((names) => withComponents(names, [application])), plainManifest()];
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-sidecar-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function output(tool: 'helm' | 'kustomize', args: readonly string[]): string {
  const { stdout, stderr, code } = runTool(tool, args);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}
