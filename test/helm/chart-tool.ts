import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** How a run of a tool ended. */
export interface ToolRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where .ci/chart-tools puts what these tests need. */
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'heapwatch-tools');

const tools = {
  helm: find('helm'),
  kubeconform: find('kubeconform'),
  kustomize: find('kustomize'),
  'pod-security': find('pod-security'),
};

/** For `testNeeding`: what it is, in words, and whether it is here. */
export const needs = {
  helm: ['helm (.ci/chart-tools builds it)', tools.helm !== undefined],
  kubeconform: [
    'helm, kustomize, kubeconform or its schemas (.ci/chart-tools fetches them)',
    [tools.helm, tools.kustomize, tools.kubeconform].every((tool) => tool !== undefined) &&
      existsSync(schemaSource('ServiceMonitor.yaml')),
  ],
  sidecars: [
    "helm, kustomize or Pod Security's rules (.ci/chart-tools builds them)",
    tools.helm !== undefined && tools.kustomize !== undefined && tools['pod-security'] !== undefined,
  ],
} as const;

/** The schemas that .ci/chart-tools took from Kubernetes and the Prometheus Operator. */
export function schemaSource(name: string): string {
  return join(cache, name);
}

/** Runs one of the tools. That it refuses its input is an answer, not an error; throws when it cannot run. */
export function runTool(name: keyof typeof tools, args: readonly string[], input = ''): ToolRun {
  const { status, stdout, stderr, error } = spawnSync(tools[name] ?? name, args, {
    input,
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw error;
  return { code: status, stdout, stderr };
}

/** The cache's, else the one on PATH. */
function find(name: string): string | undefined {
  const folders = [cache, ...(process.env.PATH ?? '').split(':').filter((folder) => folder !== '')];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
