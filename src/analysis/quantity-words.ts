const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** `3.5 hours`: two digits are all that a trend can tell. */
export function duration(seconds: number): string {
  const [size, name] = UNITS.find(([unit]) => seconds >= unit) ?? [1, 'second'];
  const amount = Number((seconds / size).toPrecision(2));
  return `${amount} ${name}${amount === 1 ? '' : 's'}`;
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `12 MB per hour`. */
export function perHour(bytesPerSecond: number): string {
  const bytes = bytesPerSecond * 3600;
  const [unit, size] = bytes >= 1e9 ? ['GB', 1e9] : bytes >= 1e6 ? ['MB', 1e6] : ['KB', 1e3];
  return `${Number((bytes / Number(size)).toPrecision(2))} ${unit} per hour`;
}
