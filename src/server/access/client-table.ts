import { networkOf } from './network.ts';

/** Many more than may be connected at once. */
const MOST_CLIENTS = 4096;

/**
 * What is kept of each client, by its network: answers the state of an address. Of too many clients those that have been
 * silent for longest are forgotten, but for those that are busy.
 */
export function createClientTable<State>(
  create: () => State,
  isBusy: (state: State) => boolean,
): (address: string) => State {
  const states = new Map<string, State>();

  function forgetOne(): void {
    for (const [network, state] of states) {
      if (isBusy(state)) continue;
      states.delete(network);
      return;
    }
  }

  return (address) => {
    const network = networkOf(address);
    const state = states.get(network) ?? create();
    // The last in the order is the one that was heard last.
    states.delete(network);
    if (states.size >= MOST_CLIENTS) forgetOne();
    states.set(network, state);
    return state;
  };
}
