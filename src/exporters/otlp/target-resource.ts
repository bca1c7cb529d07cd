import { hostname } from 'node:os';
import { basename } from 'node:path';
import type { Attributes } from '@opentelemetry/api';
import { detectResources, envDetector, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { Build } from '../../metrics/definition.ts';
import type { Target } from '../../model/target.ts';

// Names of attributes: OpenTelemetry's semantic conventions, release 1.45, docs/resource and docs/registry/attributes.

/** Says whether a process has our host's name, which one in another container has not. */
export type SharesHostName = (target: Target) => boolean;

/** What of OTEL_RESOURCE_ATTRIBUTES holds for all that runs where we run. */
const SHARED = /^(?:host|os|cloud|deployment|k8s\.cluster|k8s\.node)\./;

/** Makes the resource of a watched process; the same object each time. */
export function createTargetResources(sharesHostName: SharesHostName): (target: Target) => Resource {
  const known = new WeakMap<Target, Resource>();
  const shared = Object.fromEntries(Object.entries(givenAttributes()).filter(([name]) => SHARED.test(name)));
  return (target) => {
    const resource =
      known.get(target) ?? resourceFromAttributes({ ...hostOf(target), ...shared, ...attributesOf(target) });
    known.set(target, resource);
    return resource;
  };

  function hostOf(target: Target): Attributes {
    return sharesHostName(target) ? { 'host.name': hostname() } : {};
  }
}

/** heapwatch itself. OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME win. */
export function ownResource({ version, nodeVersion }: Build): Resource {
  return resourceFromAttributes({
    'service.name': 'heapwatch',
    'service.version': version,
    'service.instance.id': `${process.pid}@${hostname()}`,
    'host.name': hostname(),
    'process.pid': process.pid,
    'process.executable.name': basename(process.execPath),
    'process.runtime.name': 'nodejs',
    'process.runtime.version': nodeVersion.replace(/^v/, ''),
    ...givenAttributes(),
  });
}

function givenAttributes(): Attributes {
  return detectResources({ detectors: [envDetector] }).attributes;
}

function attributesOf(target: Target): Attributes {
  const { serviceName, serviceNamespace, process, command, runtime, version, container, kubernetes } = target;
  const all: Readonly<Record<string, string | number | undefined>> = {
    'service.name': serviceName,
    'service.namespace': serviceNamespace,
    // Unique among processes of one service, the same after a restart of ours.
    'service.instance.id': `${process.pid}-${process.startTicks}@${hostname()}`,
    'process.pid': process.pid,
    'process.vpid': container?.innerPid,
    'process.executable.name': command,
    'process.runtime.name': runtime,
    'process.runtime.version': version,
    'container.id': container?.id,
    'k8s.namespace.name': kubernetes?.namespace,
    'k8s.pod.name': kubernetes?.pod,
    'k8s.pod.uid': container?.podUid,
    'k8s.container.name': kubernetes?.container,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Attributes;
}
