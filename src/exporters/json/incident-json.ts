import { z } from 'zod';
import type { Incident, IncidentSource, IncidentSummary } from '../../model/incident.ts';
import { snakeCased } from './snake-case.ts';

/** All that is kept: the schema `incident`. */
export function incidentJson(incident: Incident): object {
  const { target, ...rest } = incident;
  const { pid, serviceName, runtime, version, command, startTimeSeconds } = target;
  return snakeCased({ pid, serviceName, runtime, version, command, startTimeSeconds, ...rest });
}

/** All incidents in short: the schema `incidents`. */
export function incidentsJson(source: IncidentSource): object {
  return snakeCased({ incidents: source.incidents() });
}

/** Of a file only what the list shows and the schema needs is checked: the rest is shown as it is written. */
const fileSchema = z.object({
  id: z.string(),
  ended_at_seconds: z.number(),
  ending: z.enum(['oom_killed', 'heap_limit', 'crashed', 'ended']),
  service_name: z.string(),
  runtime: z.enum(['nodejs', 'cpython', 'jvm']),
  pid: z.number(),
  assessment: z
    .object({
      verdict: z.enum(['warming_up', 'healthy', 'leak', 'backlog', 'overflow']),
      cause: z.enum(['objects', 'native', 'uncollectable', 'undersized', 'burst']).optional(),
      suspects: z.array(z.object({ type: z.string() })),
    })
    .optional(),
});

/** Reads an incident of `incidentJson`; undefined when it is none. */
export function parseIncidentSummary(json: unknown): IncidentSummary | undefined {
  const { data } = fileSchema.safeParse(json);
  if (data === undefined) return undefined;
  const { assessment } = data;
  return {
    id: data.id,
    endedAtSeconds: data.ended_at_seconds,
    ending: data.ending,
    serviceName: data.service_name,
    runtime: data.runtime,
    pid: data.pid,
    ...(assessment && { verdict: assessment.verdict }),
    ...(assessment?.cause && { cause: assessment.cause }),
    suspects: assessment?.suspects.map(({ type }) => type) ?? [],
  };
}
