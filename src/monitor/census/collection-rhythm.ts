/** How regularly a target collects its whole heap: right after that a census counts the least garbage. */
export interface CollectionRhythm {
  /** To be told in every round how many full collections there were since the process started. */
  seen(fullCollections: number, elapsedSeconds: number): void;
  /** True when a full collection is expected within `seconds`, and none has come just now. */
  isNear(elapsedSeconds: number, seconds: number): boolean;
}

export function createCollectionRhythm(): CollectionRhythm {
  let count: number | undefined;
  let seenAtSeconds = Number.NaN;
  let risenAtSeconds = Number.NaN;
  let periodSeconds = Number.NaN;
  return {
    seen(fullCollections, elapsedSeconds) {
      seenAtSeconds = elapsedSeconds;
      if (count !== undefined && fullCollections > count) {
        periodSeconds = (elapsedSeconds - risenAtSeconds) / (fullCollections - count);
        risenAtSeconds = elapsedSeconds;
      }
      count = fullCollections;
    },
    isNear(elapsedSeconds, seconds) {
      if (seenAtSeconds === risenAtSeconds) return false;
      const expected = risenAtSeconds + periodSeconds;
      // Half a period late is still a rhythm. As long as there is none yet, these are no numbers and the answer is false.
      return expected <= elapsedSeconds + seconds && elapsedSeconds <= expected + periodSeconds / 2;
    },
  };
}
