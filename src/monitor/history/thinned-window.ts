/** Items in the order of their time; what a tier of a thinned window is kept in. */
export interface Queue<Item> {
  readonly length: number;
  first(): Item | undefined;
  last(): Item | undefined;
  push(item: Item): void;
  shift(): Item | undefined;
  pop(): Item | undefined;
  items(): Item[];
}

/** A stretch of age in which one item is kept in every `stepSeconds`. */
export interface Tier {
  /** The age at which items leave it. */
  readonly seconds: number;
  readonly stepSeconds: number;
  /** Holds whatever the clocks do. */
  readonly most: number;
}

/** A window of the past that is thinned with age. */
export interface ThinnedWindow<Item> {
  add(item: Item): void;
  /** Ascending by time. */
  items(): Item[];
  /** Forgets all but the youngest tiers, and keeps no more than those from now on. */
  keepTiers(count: number): void;
}

interface Timed {
  readonly atSeconds: number;
}

/**
 * Tiers are given from the youngest to the oldest. Of several items in one step the first is kept, so that one which is
 * kept is never moved; `matters` tells of one that is kept instead of others.
 */
export function createThinnedWindow<Item extends Timed>(
  tiers: readonly Tier[],
  createQueue: (most: number) => Queue<Item>,
  matters: (item: Item) => boolean = () => false,
): ThinnedWindow<Item> {
  let queues = tiers.map(({ most }) => createQueue(most));

  function place(index: number, item: Item): void {
    const tier = tiers[index];
    const queue = queues[index];
    // Older than the oldest tier: forgotten.
    if (tier === undefined || queue === undefined) return;
    const before = queue.last();
    if (before !== undefined && item.atSeconds - before.atSeconds < tier.stepSeconds) {
      if (matters(before) || !matters(item)) return;
      queue.pop();
    }
    if (queue.length === tier.most) place(index + 1, queue.shift()!);
    queue.push(item);
  }

  return {
    add(item) {
      for (const queue of queues) {
        // A clock that was set back would leave items in the future, for ever the newest.
        for (let last = queue.last(); last && last.atSeconds >= item.atSeconds; last = queue.last()) queue.pop();
      }
      place(0, item);
      for (const [index, queue] of queues.entries()) {
        const oldest = item.atSeconds - tiers[index]!.seconds;
        for (let first = queue.first(); first && first.atSeconds < oldest; first = queue.first()) {
          place(index + 1, queue.shift()!);
        }
      }
    },
    items: () => queues.toReversed().flatMap((queue) => queue.items()),
    keepTiers(count) {
      queues = tiers.slice(0, count).map(({ most }, index) => queues[index] ?? createQueue(most));
    },
  };
}
