import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ReadFailure } from '../model/failure.ts';
import type { Incident, IncidentSource, IncidentSummary } from '../model/incident.ts';
import { summarize } from './incident.ts';
import { readOwnFile } from './own-file.ts';
import { writeWholeFile } from './whole-file.ts';

/** How incidents are written: by exporters that the recorder does not know. */
export interface IncidentFormat {
  json(incident: Incident): object;
  report(incident: Incident): string;
  /** Of what `json` gave; undefined when it is not. */
  summary(json: unknown): IncidentSummary | undefined;
}

/** Incidents in a folder: `<id>.json`, `<id>.html`, and `<id>.log` when its log was watched. */
export interface IncidentStore extends IncidentSource {
  /** Reads what is there; what is damaged is left alone and not told. Throws `ReadFailure` when the folder cannot be used. */
  load(): void;
  /** Throws `ReadFailure` when it cannot be written; it is then kept in memory all the same. */
  add(incident: Incident, logLines?: readonly string[]): Promise<void>;
}

/** Far more than 400 readings and 40 censuses take. */
const MOST_BYTES = 4 * 1024 * 1024;
const MOST_INCIDENTS = 100;
/** A service that ends again and again shall not drive out what is kept of others. */
const MOST_OF_SERVICE = 20;
/** Of those without a file: no folder, or a disk that is full. */
const MOST_IN_MEMORY = 10;

const ID = /^\d{8}T\d{6}Z-\d{1,10}$/;

/** Without a folder the newest are kept in memory. */
export function openIncidentStore(folder: string | undefined, format: IncidentFormat): IncidentStore {
  const summaries = new Map<string, IncidentSummary>();
  const unwritten = new Map<string, Incident>();

  function list(): IncidentSummary[] {
    return [...summaries.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  /** The oldest make room, first those of the same service. */
  function surplus(serviceName: string): IncidentSummary[] {
    const all = list();
    const ofService = all.filter((summary) => summary.serviceName === serviceName).slice(MOST_OF_SERVICE);
    return [...ofService, ...all.filter((summary) => !ofService.includes(summary)).slice(MOST_INCIDENTS)];
  }

  /** Undefined when it was removed by hand since. */
  function read(id: string, kind: 'json' | 'html'): string | undefined {
    if (folder === undefined || !summaries.has(id)) return undefined;
    return readText(join(folder, `${id}.${kind}`));
  }

  async function forget({ id }: IncidentSummary): Promise<void> {
    summaries.delete(id);
    unwritten.delete(id);
    await removeFiles(id);
  }

  async function removeFiles(id: string): Promise<void> {
    if (folder === undefined) return;
    for (const kind of ['json', 'html', 'log']) await rm(join(folder, `${id}.${kind}`), { force: true });
  }

  async function keepInMemory(incident: Incident): Promise<void> {
    unwritten.set(incident.id, incident);
    summaries.set(incident.id, summarize(incident));
    const [oldest] = unwritten.keys();
    if (unwritten.size > MOST_IN_MEMORY && oldest !== undefined) await forget(summaries.get(oldest)!);
  }

  async function write(place: string, incident: Incident, logLines: readonly string[]): Promise<void> {
    try {
      mkdirSync(place, { recursive: true, mode: 0o700 });
      if (logLines.length > 0) await writeWholeFile(join(place, `${incident.id}.log`), `${logLines.join('\n')}\n`);
      // Its JSON last: an incident is there as soon as that is.
      await writeWholeFile(join(place, `${incident.id}.html`), format.report(incident));
      await writeWholeFile(join(place, `${incident.id}.json`), `${JSON.stringify(format.json(incident))}\n`);
      summaries.set(incident.id, summarize(incident));
      for (const old of surplus(incident.target.serviceName)) await forget(old);
    } catch (error) {
      throw storeFailure(error, place);
    }
  }

  return {
    load() {
      if (folder === undefined) return;
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        for (const id of idsIn(folder)) {
          const text = readText(join(folder, `${id}.json`));
          const summary = format.summary(parseObject(text));
          if (summary?.id === id) summaries.set(id, summary);
        }
      } catch (error) {
        throw storeFailure(error, folder);
      }
    },
    async add(incident, logLines = []) {
      if (folder === undefined) return keepInMemory(incident);
      try {
        await write(folder, incident, logLines);
      } catch (error) {
        // The first error is the one to tell.
        await removeFiles(incident.id).catch(() => {});
        await keepInMemory(incident).catch(() => {});
        throw error;
      }
    },
    incidents: list,
    incident(id) {
      const kept = unwritten.get(id);
      if (kept !== undefined) return format.json(kept);
      const json = parseObject(read(id, 'json'));
      return format.summary(json) && json;
    },
    report(id) {
      const kept = unwritten.get(id);
      return kept === undefined ? read(id, 'html') : format.report(kept);
    },
  };
}

/** The newest; leftovers of a write that was cut off are removed. */
function idsIn(folder: string): string[] {
  const names = readdirSync(folder);
  for (const name of names) if (name.endsWith('.unfinished')) rmSync(join(folder, name), { force: true });
  const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  return ids
    .filter((id) => ID.test(id))
    .sort()
    .slice(-MOST_INCIDENTS);
}

/** Undefined when it is not there, or not ours. */
function readText(path: string): string | undefined {
  try {
    const bytes = readOwnFile(path, MOST_BYTES);
    return Buffer.isBuffer(bytes) ? bytes.toString('utf8') : undefined;
  } catch {
    return undefined; // removed by hand, or a link
  }
}

function parseObject(text: string | undefined): object | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined; // what is no JSON is no incident
  }
}

function storeFailure(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const denied = ['EACCES', 'EPERM', 'EROFS'].includes(String(error.code));
  const advice = denied ? 'let heapwatch read and write there, or' : 'make room there, or';
  const message = `incidents cannot be kept in ${folder}: ${error.message}; ${advice} choose another --storage.path`;
  return new ReadFailure(denied ? 'denied' : 'unreadable', message, { cause: error });
}
