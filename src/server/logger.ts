import type { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import type { Settings } from '../config/settings.ts';

/**
 * The log of serve, on stderr as Prometheus exporters write it: logfmt lines, or JSON lines with the same keys.
 *
 * @example createLogger(settings).warn({ pid: 12 }, 'cannot be read')
 *   // time=2025-01-31T03:00:00.000Z level=warn msg="cannot be read" pid=12
 */
export function createLogger(
  { logLevel, logFormat }: Pick<Settings, 'logLevel' | 'logFormat'>,
  stream: Pick<Writable, 'write'> = process.stderr,
): Logger {
  const options = {
    level: logLevel,
    base: null,
    messageKey: 'msg',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (level: string) => ({ level }) },
  };
  if (logFormat === 'json') return pino(options, { write: (line) => void stream.write(line) });
  return pino(options, { write: (line) => void stream.write(toLogfmt(line)) });
}

/** One JSON line of pino's as a logfmt line; nested values stay JSON. */
function toLogfmt(line: string): string {
  const { time, level, msg, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const pairs = Object.entries({ time, level, msg, ...rest }).filter(([, value]) => value !== undefined);
  return `${pairs.map(([key, value]) => `${key}=${logfmtValue(value)}`).join(' ')}\n`;
}

function logfmtValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // Names from targets may hold anything: quotes, blanks and line breaks must not forge another pair or line.
  return /^[\w./:+@-]+$/.test(text) ? text : JSON.stringify(text);
}
