import type { ServerResponse } from 'node:http';
import { targetsJson } from '../exporters/json/target-json.ts';
import type { HistorySource } from '../model/history.ts';
import type { Snapshot, SnapshotSource } from '../model/snapshot.ts';
import { trendsJson } from './trends.ts';

/** Pages that are open at once: each is a connection, and costs a write in every round of readings. */
const MOST_CLIENTS = 200;

/** Proxies close a connection that says nothing for a minute or so. */
const HEARTBEAT_SECONDS = 15;

/** Of an hour in sixty points, so much may be missing at the end: the first event has the last point. */
const TRENDS_SECONDS = 15;

export interface EventStreamOptions {
  readonly source: SnapshotSource;
  /** Without one pages are told nothing of the past. */
  readonly history?: HistorySource;
  /** How often we look for news while anybody listens; vitals are read every 5 s. */
  readonly lookEverySeconds?: number;
  /** A reader that has taken nothing for so long is not there any more, though its connection may be. */
  readonly stuckSeconds?: number;
}

/** Tells every open page, in server-sent events, of each new snapshot. While nobody listens it does nothing. */
export interface EventStream {
  /** There are too many clients already. */
  isFull(): boolean;
  /** The answer's head has been written. */
  add(response: ServerResponse): void;
  close(): void;
}

interface Client {
  readonly response: ServerResponse;
  /** Since when it has not read what was sent last. */
  stuckSinceSeconds: number | undefined;
}

export function createEventStream(options: EventStreamOptions): EventStream {
  const { source, history, lookEverySeconds = 2, stuckSeconds = 30 } = options;
  const clients = new Set<Client>();
  let timer: NodeJS.Timeout | undefined;
  let told: Snapshot | undefined;
  /** Of the snapshot that was told last; all clients are sent the same bytes. */
  let targetsEvent: Buffer = Buffer.alloc(0);
  let trends: { readonly event: Buffer; readonly madeAtSeconds: number } | undefined;
  let spokeAtSeconds = 0;

  /** Whether there is a new snapshot. */
  function look(): boolean {
    const snapshot = source.latest();
    if (snapshot === told) return false;
    told = snapshot;
    targetsEvent = eventOf('targets', targetsJson(snapshot));
    return true;
  }

  /** A page needs its beginning once; of many pages that open together all get the same. */
  function currentTrends(): Buffer {
    const nowSeconds = elapsedSeconds();
    if (trends === undefined || nowSeconds - trends.madeAtSeconds > TRENDS_SECONDS) {
      const event = eventOf('trends', trendsJson(source.latest(), history));
      trends = { event, madeAtSeconds: nowSeconds };
    }
    return trends.event;
  }

  function tick(): void {
    const nowSeconds = elapsedSeconds();
    const isNews = look();
    if (!isNews && nowSeconds - spokeAtSeconds < HEARTBEAT_SECONDS) return;
    spokeAtSeconds = nowSeconds;
    const bytes = isNews ? targetsEvent : Buffer.from(': still here\n\n');
    for (const client of clients) send(client, bytes, nowSeconds);
  }

  /** One that has not read the last event gets none: the next that it gets tells everything again. */
  function send(client: Client, bytes: Buffer, nowSeconds: number): void {
    if (!client.response.writableNeedDrain) {
      client.stuckSinceSeconds = undefined;
      client.response.write(bytes);
      return;
    }
    client.stuckSinceSeconds ??= nowSeconds;
    if (nowSeconds - client.stuckSinceSeconds >= stuckSeconds) client.response.destroy();
  }

  function forget(client: Client): void {
    clients.delete(client);
    if (clients.size > 0) return;
    clearInterval(timer);
    timer = undefined;
    told = undefined;
    trends = undefined;
  }

  return {
    isFull: () => clients.size >= MOST_CLIENTS,
    add(response) {
      const client: Client = { response, stuckSinceSeconds: undefined };
      clients.add(client);
      response.once('close', () => forget(client));
      response.on('error', () => response.destroy());
      timer ??= setInterval(tick, lookEverySeconds * 1000).unref();
      if (clients.size === 1) look();
      response.write(currentTrends());
      response.write(targetsEvent);
    },
    close() {
      for (const { response } of clients) response.end();
    },
  };
}

/** JSON has no line breaks of its own, so it is one line of data. */
function eventOf(name: string, data: object): Buffer {
  return Buffer.from(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

function elapsedSeconds(): number {
  return performance.now() / 1000;
}
