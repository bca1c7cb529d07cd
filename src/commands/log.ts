import { type Logger, pino, stdTimeFunctions } from 'pino';

export type { Logger };

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'logfmt' | 'json';
}

/** Our log on stderr, a line for each event, as Prometheus exporters write it: `time=... level=info msg=...`. */
export function createLog({ level, format }: LogOptions): Logger {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (format === 'json') return pino(options, pino.destination({ dest: 2, sync: true }));
  return pino(options, { write: (line) => void process.stderr.write(logfmt(JSON.parse(line))) });
}

/** One event as logfmt: what holds more than a plain word is quoted, as Go's %q does. */
export function logfmt(event: Readonly<Record<string, unknown>>): string {
  const { time, level, ...rest } = event;
  const pairs = Object.entries({ time, level, ...rest }).map(([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${key}=${/^[\w.:/+-]+$/.test(text) ? text : JSON.stringify(text)}`;
  });
  return `${pairs.join(' ')}\n`;
}
