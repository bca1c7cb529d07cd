import { z } from 'zod';
import type { PatternField, ProcessPattern } from '../model/process-pattern.ts';
import type { ValueType } from './setting.ts';

/** Where to listen; without a host on every interface. */
export interface ListenAddress {
  readonly host?: string;
  /** 0 asks the kernel for a free port. */
  readonly port: number;
}

/** Any text but the empty one. */
export function text(name = 'string'): ValueType<string> {
  return { name, schema: z.string().min(1, 'must not be empty') };
}

/** `true` or `false`; as a flag also `--flag` and `--no-flag` without a value. */
export const boolean: ValueType<boolean> = {
  name: 'boolean',
  schema: z.enum(['true', 'false'], { error: 'must be true or false' }).transform((value) => value === 'true'),
};

/** A whole number in decimal. */
export function integer(least: number, most: number): ValueType<number> {
  const error = `must be a whole number from ${least} to ${most}`;
  const schema = z
    .string()
    .regex(/^-?\d{1,15}$/, error)
    .transform(Number)
    .refine((value) => value >= least && value <= most, error);
  return { name: 'integer', schema };
}

/** A share as a decimal fraction: `0.05` is 5 %. */
export function share(least: number, most: number): ValueType<number> {
  const error = `must be a number from ${least} to ${most}, such as 0.05`;
  const schema = z
    .string()
    .regex(/^\d{0,3}(\.\d{1,9})?(?<=\d)$/, error)
    .transform(Number)
    .refine((value) => value >= least && value <= most, error);
  return { name: 'number', schema };
}

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(words: Words): ValueType<Words[number]> {
  const schema = z.string().transform((value, context): Words[number] => {
    const word = words.find((candidate) => candidate === value);
    if (word !== undefined) return word;
    context.addIssue({ code: 'custom', message: `must be one of ${words.join(', ')}` });
    return z.NEVER;
  });
  return { name: words.join('|'), schema };
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 };

/** A duration in Prometheus' notation (`90s`, `1h30m`, `500ms`); the value is in seconds. */
export function duration(leastSeconds: number, mostSeconds: number): ValueType<number> {
  const bounds = `from ${leastSeconds}s to ${mostSeconds}s`;
  const schema = z
    .string()
    .regex(
      /^(?=.)(\d{1,6}d)?(\d{1,6}h)?(\d{1,6}m(?!s))?(\d{1,9}s)?(\d{1,9}ms)?$/,
      'must be a duration such as 10s or 1h30m',
    )
    .transform((value) => {
      let seconds = 0;
      for (const [, amount, unit] of value.matchAll(/(\d+)(ms|[smhd])/g)) {
        seconds += Number(amount) * (UNIT_SECONDS[unit ?? ''] ?? Number.NaN);
      }
      return seconds;
    })
    .refine((seconds) => seconds >= leastSeconds && seconds <= mostSeconds, `must be ${bounds}`);
  return { name: 'duration', schema };
}

/** `:10148`, `127.0.0.1:10148`, `localhost:0` or `[::1]:10148`, as Go programs write it. */
export const listenAddress: ValueType<ListenAddress> = {
  name: 'address',
  schema: z.string().transform((value, context): ListenAddress => {
    const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]*)):(\d{1,5})$/.exec(value);
    const port = Number(match?.[3]);
    if (match === null || port > 65535) {
      context.addIssue({
        code: 'custom',
        message: 'must be [host]:port, such as :10148, 127.0.0.1:10148 or [::1]:10148',
      });
      return z.NEVER;
    }
    const host = match[1] ?? match[2];
    return host ? { host, port } : { port };
  }),
};

/** `https://10.0.0.7:10250`: scheme, host and port, nothing behind them. */
export const httpAddress: ValueType<string> = {
  name: 'url',
  schema: z
    .string()
    .refine(isHttpAddress, 'must be an address such as https://10.0.0.7:10250, without a path or a password'),
};

/** A path on our server that no other route has. */
export const routePath: ValueType<string> = {
  name: 'path',
  schema: z
    .string()
    .regex(/^(\/[\w.-]+)+$/, 'must be a path such as /metrics')
    .refine((path) => !/^\/(healthz|readyz|api|assets)(\/|$)/.test(path), 'is taken by another page'),
};

const PATTERN_FIELDS = ['name', 'service', 'cgroup', 'container', 'namespace'] satisfies PatternField[];

/** `service=shop-*`: a field and a glob, see `ProcessPattern`. */
export const processPattern: ValueType<ProcessPattern> = {
  name: 'pattern',
  schema: z.string().transform((value, context): ProcessPattern => {
    const [, name, glob] = /^([a-z]+)=(.{1,256})$/s.exec(value) ?? [];
    const field = PATTERN_FIELDS.find((candidate) => candidate === name);
    if (field !== undefined && glob !== undefined) return { field, glob };
    const message = `must be a pattern such as service=shop-*, of ${PATTERN_FIELDS.join(', ')}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }),
};

function isHttpAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && [url.origin, `${url.origin}/`].includes(text);
}
