import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { runTool } from './chart-tool.ts';

/** The parts of manifests that the tests look at. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: a manifest's shape is what kubeconform checks
  readonly [field: string]: any;
}

export const chartFolder = fileURLToPath(new URL('../../helm/heapwatch', import.meta.url));

/** The value files of ci/, by name: each has to render. */
export const valueFiles = readdirSync(join(chartFolder, 'ci'));

/** The files that start a heapwatch on each node; the others start nothing. */
export const agentFiles = valueFiles.filter((file) => file !== 'sidecar-values.yaml');

/** A helm built from source believes in a cluster of its own age otherwise. */
export const onKubernetes = ['--kube-version', '1.34.1'];

/** `helm template` with arguments such as `--set log.level=debug`, as YAML. Throws helm's words when it refuses. */
export function renderText(args: readonly string[] = []): string {
  const usual = ['--namespace', 'monitoring', ...onKubernetes];
  const run = runTool('helm', ['template', 'heapwatch', chartFolder, ...usual, ...args]);
  if (run.code !== 0) throw new Error(run.stderr);
  return run.stdout;
}

/** The same, parsed. */
export function render(args: readonly string[] = []): Manifest[] {
  return parseAllDocuments(renderText(args)).map((document) => document.toJS() as Manifest);
}

/** Arguments for one of the value files. */
export function valuesOf(file: string): string[] {
  return ['--values', join(chartFolder, 'ci', file)];
}

/** The only manifest of its kind; throws when there is none, or more than one. */
export function only(manifests: readonly Manifest[], kind: string): Manifest {
  const [found, ...others] = manifests.filter((manifest) => manifest.kind === kind);
  if (found === undefined || others.length > 0)
    throw new Error(`${others.length + (found ? 1 : 0)} of ${kind}, not one`);
  return found;
}
