import { type Logger, pino, stdTimeFunctions } from 'pino';
import { safeJson } from './json-line.ts';

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
  const text = format === 'json' ? safeJson : (line: string) => logfmt(JSON.parse(line));
  return pino(options, { write: (line) => void process.stderr.write(text(line)) });
}

/** One event as logfmt: what holds more than a plain word is quoted, as Go's %q does. */
export function logfmt(event: Readonly<Record<string, unknown>>): string {
  const { time, level, ...rest } = event;
  const pairs = Object.entries({ time, level, ...rest }).map(([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${key}=${/^[\w.:/+-]+$/.test(text) ? text : safeJson(JSON.stringify(text))}`;
  });
  return `${pairs.join(' ')}\n`;
}
