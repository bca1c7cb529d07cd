import type { Server } from './heapwatch.ts';
import { refOf } from './process-ref.ts';
import type { Program } from './program.ts';
import { until } from './until.ts';

/** The part of an incident, as the API tells it, that tests look at. */
export interface ToldIncident {
  readonly id: string;
  readonly ending: string;
  readonly pid: number;
  readonly service_name: string;
  readonly proof: readonly string[];
  readonly fatal_limit?: { readonly limit: string; readonly name?: string; readonly bytes?: number };
  readonly type_growth: readonly { readonly type: string }[];
  readonly history: { readonly readings: readonly object[]; readonly censuses: readonly object[] };
}

/** Rounds of 0.25 s, a census every 1.5 s. */
export const incidentPace = { HEAPWATCH_TEST_PACE: '20' };

/** Waits until the exporter knows what the process is made of, so that it can tell what grew. */
export async function known(server: Server, { pid }: Pick<Program, 'pid'>): Promise<void> {
  const id = `${pid}-${refOf(pid).startTicks}`;
  await until(`a census of ${pid}`, 60_000, async () => {
    const target = await ask<{ census?: object }>(server, `/api/v1/targets/${id}`);
    return target.census !== undefined || undefined;
  });
}

/** Has the process grow, and waits until a census knows: what grew can be told then, however soon it ends. */
export async function grow(server: Server, program: Program, type: string): Promise<void> {
  await known(server, program);
  program.send('grow');
  const id = `${program.pid}-${refOf(program.pid).startTicks}`;
  await until(`a census of ${program.pid} after it grew`, 180_000, async () => {
    const { types } = await ask<{ types: { type: string; count: number }[] }>(server, `/api/v1/targets/${id}`);
    return types.some((row) => row.type === type && row.count > 50_000) || undefined;
  });
}

/** Waits for the incident of a process, and answers all of it. */
export async function incidentOf(server: Server, { pid }: Pick<Program, 'pid'>): Promise<ToldIncident> {
  return until(`an incident of ${pid}`, 300_000, async () => {
    const { incidents } = await ask<{ incidents: ToldIncident[] }>(server, '/api/v1/incidents');
    const found = incidents.find((incident) => incident.pid === pid);
    return found && ask<ToldIncident>(server, `/api/v1/incidents/${found.id}`);
  });
}

export async function ask<Answer>(server: Server, path: string): Promise<Answer> {
  const response = await fetch(`${server.url}${path}`, { signal: AbortSignal.timeout(20_000) });
  return (await response.json()) as Answer;
}
