import type { History, TargetDetail } from './api-types.ts';

/** The server thins what is old; so do we, by asking for all of it again. */
const WHOLE_EVERY_SECONDS = 900;

/** What is known of one target, kept up to date. */
export interface TargetRecord {
  /** Undefined before the first answer. */
  readonly detail: TargetDetail | undefined;
  readonly history: History;
  /** Why there is nothing newer: it has ended, or the server does not answer. */
  readonly trouble: string | undefined;
  /** Asks for what is new. Does not reject. */
  refresh(): Promise<void>;
}

export function createTargetRecord(id: string): TargetRecord {
  let wholeAtSeconds = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;
  const record = {
    detail: undefined as TargetDetail | undefined,
    history: { readings: [], censuses: [] } as History,
    trouble: undefined as string | undefined,
    refresh(): Promise<void> {
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
  };

  async function ask(): Promise<void> {
    const nowSeconds = performance.now() / 1000;
    const isWhole = nowSeconds - wholeAtSeconds > WHOLE_EVERY_SECONDS;
    try {
      const answer = await fetch(
        `/api/v1/targets/${encodeURIComponent(id)}${isWhole ? '' : `?since=${newestOf(record.history)}`}`,
      );
      if (!answer.ok) {
        record.trouble = answer.status === 404 ? 'This process has ended.' : `The server answers ${answer.status}.`;
        return;
      }
      const detail: TargetDetail = await answer.json();
      record.trouble = undefined;
      record.detail = detail;
      const news = detail.history ?? { readings: [], censuses: [] };
      if (isWhole) wholeAtSeconds = nowSeconds;
      record.history = isWhole ? news : joined(record.history, news);
    } catch {
      record.trouble = 'The server does not answer.';
    }
  }

  return record;
}

/** A census is told when it has ended, by the time at which it began. */
const LONGEST_CENSUS_SECONDS = 60;

/** What is newer may not be known yet. */
function newestOf({ readings, censuses }: History): number {
  const reading = readings.at(-1)?.at_seconds ?? 0;
  return Math.min(reading, censuses.at(-1)?.at_seconds ?? reading - LONGEST_CENSUS_SECONDS);
}

function joined(old: History, news: History): History {
  return { readings: append(old.readings, news.readings), censuses: append(old.censuses, news.censuses) };
}

function append<Item extends { readonly at_seconds: number }>(old: readonly Item[], news: readonly Item[]): Item[] {
  const last = old.at(-1)?.at_seconds ?? 0;
  return [...old, ...news.filter(({ at_seconds }) => at_seconds > last)];
}
