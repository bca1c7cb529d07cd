/**
 * Estimates what of a JVM's metaspace lives. Classes are unloaded in full collections only: in between it grows also in a
 * service that lets go of its class loaders.
 */
export interface LiveMetaspace {
  /** Answers the bytes that live; undefined while that is not known. */
  add(bytes: number, fullCollections: number): number | undefined;
  state(): LiveMetaspaceState;
}

export interface LiveMetaspaceState {
  readonly collections?: number;
  /** Right after the last full collection. */
  readonly left?: number;
  /** The most since then. */
  readonly peak: number;
  /** What a full collection left of what had come since the one before. */
  readonly keptShare?: number;
}

/** A collection that finds less to look at tells nothing of what is let go: G1's cycles have two pauses, close together. */
const LEAST_GAIN = 0.02;

export function createLiveMetaspace(saved?: LiveMetaspaceState): LiveMetaspace {
  let { collections, left, peak, keptShare }: LiveMetaspaceState = saved ?? { peak: 0 };

  function collected(bytes: number): void {
    const gain = left === undefined ? 0 : Math.max(peak, bytes) - left;
    if (left !== undefined && gain > LEAST_GAIN * left) keptShare = Math.min(Math.max((bytes - left) / gain, 0), 1);
    left = bytes;
    peak = bytes;
  }

  return {
    add(bytes, fullCollections) {
      const isCollected = collections !== undefined && fullCollections > collections;
      collections = fullCollections;
      if (isCollected) {
        collected(bytes);
        return bytes;
      }
      peak = Math.max(peak, bytes);
      return left === undefined || keptShare === undefined ? undefined : left + keptShare * Math.max(0, bytes - left);
    },
    state: () => ({
      peak,
      ...(collections !== undefined && { collections }),
      ...(left !== undefined && { left }),
      ...(keptShare !== undefined && { keptShare }),
    }),
  };
}
