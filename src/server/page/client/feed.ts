import type { TargetList } from './api-types.ts';

/** `[Unix time, bytes]`, ascending. */
export type Trend = [number, number][];

const TREND_SECONDS = 3600;
const TREND_POINTS = 120;
/** After an answer that is no stream, such as 503, the browser does not try again by itself. */
const RETRY_MS = 10_000;

/** What the server tells of all targets while the page is open. */
export interface Feed {
  /** Undefined before the first event. */
  readonly latest: TargetList | undefined;
  trend(id: string): Trend;
}

export interface FeedListener {
  changed(): void;
  /** Whether the connection stands. */
  connected(isConnected: boolean): void;
}

export function openFeed(listener: FeedListener): Feed {
  const trends = new Map<string, Trend>();
  const feed: { latest: TargetList | undefined; trend(id: string): Trend } = {
    latest: undefined,
    trend: (id) => trends.get(id) ?? [],
  };

  function connect(): void {
    const events = new EventSource('/api/v1/events');
    events.addEventListener('open', () => listener.connected(true));
    events.addEventListener('error', () => {
      listener.connected(false);
      if (events.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS);
    });
    events.addEventListener('trends', ({ data }) => {
      trends.clear();
      for (const [id, trend] of Object.entries<Trend>(JSON.parse(data))) trends.set(id, trend);
    });
    events.addEventListener('targets', ({ data }) => {
      const list: TargetList = JSON.parse(data);
      feed.latest = list;
      follow(trends, list);
      listener.changed();
    });
  }

  connect();
  return feed;
}

function follow(trends: Map<string, Trend>, { targets, taken_at_seconds: now }: TargetList): void {
  const ids = new Set(targets.map(({ id }) => id));
  for (const id of trends.keys()) if (!ids.has(id)) trends.delete(id);
  for (const { id, heap_used_bytes, resident_bytes } of targets) {
    const bytes = heap_used_bytes ?? resident_bytes;
    if (bytes === undefined) continue;
    const trend = trends.get(id) ?? [];
    if (now > (trend.at(-1)?.[0] ?? 0)) trend.push([now, bytes]);
    const recent = trend.filter(([at]) => at > now - TREND_SECONDS);
    // Every second of the older half goes: what is new keeps its detail.
    const half = recent.length / 2;
    trends.set(
      id,
      recent.length <= TREND_POINTS ? recent : recent.filter((_, index) => index >= half || index % 2 === 0),
    );
  }
}
