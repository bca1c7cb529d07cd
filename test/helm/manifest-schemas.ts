import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { schemaSource } from './chart-tool.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Kinds of Kubernetes itself, by the name that its OpenAPI description gives them. */
const builtIn = {
  ServiceAccount: 'io.k8s.api.core.v1.ServiceAccount',
  ConfigMap: 'io.k8s.api.core.v1.ConfigMap',
  Service: 'io.k8s.api.core.v1.Service',
  DaemonSet: 'io.k8s.api.apps.v1.DaemonSet',
  Deployment: 'io.k8s.api.apps.v1.Deployment',
  NetworkPolicy: 'io.k8s.api.networking.v1.NetworkPolicy',
  ClusterRole: 'io.k8s.api.rbac.v1.ClusterRole',
  ClusterRoleBinding: 'io.k8s.api.rbac.v1.ClusterRoleBinding',
};
/** Kinds of the Prometheus Operator. */
const custom = ['PodMonitor', 'ServiceMonitor', 'PrometheusRule'];

/**
 * Writes one JSON schema per kind, as kubeconform's `-schema-location` wants them, in which a field that the API does
 * not know is an error. Answers the folder, which goes with the test.
 */
export function writeManifestSchemas(): string {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-schemas-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const write = (kind: string, schema: Schema) =>
    writeFileSync(join(folder, `${kind.toLowerCase()}.json`), JSON.stringify(schema));
  const api = JSON.parse(readFileSync(schemaSource('kubernetes.json'), 'utf8'));
  const definitions = {
    ...(closed(api.definitions) as Schema),
    // Numbers are taken as well: `cpu: 1`.
    'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: ['string', 'number'] },
  };
  for (const [kind, name] of Object.entries(builtIn)) write(kind, { $ref: `#/definitions/${name}`, definitions });
  for (const kind of custom) {
    const definition = parse(readFileSync(schemaSource(`${kind}.yaml`), 'utf8'));
    write(kind, closed(definition.spec.versions[0].schema.openAPIV3Schema) as Schema);
  }
  return folder;
}

/** The same schema, with objects that have exactly the properties it lists. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) result[key] = closed(value);
  if (result['x-kubernetes-int-or-string'] === true || result.format === 'int-or-string') {
    return { type: ['string', 'integer'] };
  }
  const lists = typeof result.properties === 'object' && !('additionalProperties' in result);
  return lists && result['x-kubernetes-preserve-unknown-fields'] !== true
    ? { ...result, additionalProperties: false }
    : result;
}
