/**
 * Matches kills that a cgroup counted with targets that ended. The count may rise seconds before the process vanishes, as
 * it first gives its memory back, so a kill stays to be claimed for a while.
 */
export interface OomLedger {
  /** Tells how many kills a cgroup has counted by now; the first time is the baseline. */
  observe(cgroup: string, oomKills: number, nowSeconds: number): void;
  /** True when a kill in this cgroup belongs to no target yet; it belongs to the caller's then. */
  claim(cgroup: string, nowSeconds: number): boolean;
  /** The kills that were observed, without those that may be claimed yet; undefined of a cgroup that was not. */
  settled(cgroup: string): number | undefined;
}

/** A cgroup by the key of its counter, and its kills so far, where they can be read. */
export interface CountedKills {
  readonly key: string;
  readonly count: number | undefined;
}

/** For a target that ended in `own`, of the pod `outer`: the path of the cgroup in which a kill belongs to no other target. */
export function claimKill(
  ledger: OomLedger,
  own: CountedKills | undefined,
  outer: CountedKills | undefined,
  nowSeconds: number,
): string | undefined {
  for (const { key, count } of [own, outer].filter((kills) => kills !== undefined)) {
    if (count !== undefined) ledger.observe(key, count, nowSeconds);
  }
  const claimed = own !== undefined && ledger.claim(own.key, nowSeconds) ? pathOf(own) : undefined;
  // A kill counts in both: it is claimed in both. A cgroup that is still there knows better than the one around it, in
  // which others are killed too.
  if (outer === undefined || (claimed === undefined && own?.count !== undefined)) return claimed;
  return ledger.claim(outer.key, nowSeconds) ? (claimed ?? pathOf(outer)) : claimed;
}

/** Of a counter's key, `2:/kubepods/pod7`. */
function pathOf({ key }: CountedKills): string {
  return key.slice(key.indexOf(':') + 1);
}

interface Account {
  oomKills: number;
  observedAtSeconds: number;
  /** When kills were seen that no target has claimed. */
  unclaimed: number[];
}

/** A fork bomb in a cgroup may be killed thousands of times; more than our targets nobody claims. */
const MOST_UNCLAIMED = 256;

export function createOomLedger(claimSeconds: number): OomLedger {
  const accounts = new Map<string, Account>();

  function forget(nowSeconds: number): void {
    for (const [cgroup, account] of accounts) {
      account.unclaimed = account.unclaimed.filter((at) => at + claimSeconds >= nowSeconds);
      if (account.observedAtSeconds + 10 * claimSeconds < nowSeconds) accounts.delete(cgroup);
    }
  }

  return {
    observe(cgroup, oomKills, nowSeconds) {
      forget(nowSeconds);
      const account = accounts.get(cgroup) ?? { oomKills, observedAtSeconds: nowSeconds, unclaimed: [] };
      const rise = Math.min(Math.max(0, oomKills - account.oomKills), MOST_UNCLAIMED - account.unclaimed.length);
      for (let kill = 0; kill < rise; kill++) account.unclaimed.push(nowSeconds);
      accounts.set(cgroup, Object.assign(account, { oomKills, observedAtSeconds: nowSeconds }));
    },
    claim(cgroup, nowSeconds) {
      forget(nowSeconds);
      return accounts.get(cgroup)?.unclaimed.shift() !== undefined;
    },
    settled(cgroup) {
      const account = accounts.get(cgroup);
      return account && account.oomKills - account.unclaimed.length;
    },
  };
}
