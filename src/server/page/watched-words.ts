/** What there is to say of all processes together. */
interface Watched {
  /** Unix time; 0 before the first look around has ended. */
  readonly takenAtSeconds: number;
  readonly targets: number;
  /** Processes that were seen but are not watched, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Why looking for processes fails. */
  readonly failure: string | undefined;
}

/** In a sentence, how many processes are watched, and how many are not. */
export function watchedWords({ takenAtSeconds, targets, skipped, failure }: Watched): string {
  if (takenAtSeconds === 0) return 'The first look around has not ended yet.';
  if (failure !== undefined) return `Looking for processes fails: ${failure}.`;
  const reasons = Object.entries(skipped).filter(([, count]) => count > 0);
  const others = reasons.map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`).join(', ');
  const watched = targets === 1 ? '1 process is watched' : `${targets} processes are watched`;
  return others === '' ? `${watched}.` : `${watched}; not watched: ${others}.`;
}
