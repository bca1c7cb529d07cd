import { clientJava } from './client-java.ts';
import { clientPython } from './client-python.ts';
import type { CompatMetric } from './compat-metric.ts';
import { promClient } from './prom-client.ts';

/** The client libraries whose names can be had, by the words of --metrics.compat. */
export const compatSets = {
  'prom-client': promClient,
  client_java: clientJava,
  client_python: clientPython,
} satisfies Record<string, readonly CompatMetric[]>;

export type CompatName = keyof typeof compatSets;
