/**
 * Matches kills that a cgroup counted with targets that ended. The count may rise seconds before the process vanishes, as
 * it first gives its memory back, so a kill stays to be claimed for a while.
 */
export interface OomLedger {
  /** Tells how many kills a cgroup has counted by now; the first time is the baseline. */
  observe(cgroup: string, oomKills: number, nowSeconds: number): void;
  /** True when a kill in this cgroup belongs to no target yet; it belongs to the caller's then. */
  claim(cgroup: string, nowSeconds: number): boolean;
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
  };
}
