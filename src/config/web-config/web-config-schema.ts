import { z } from 'zod';
import { curves, tls12Ciphers, tls13Ciphers, tlsVersions } from './go-tls-names.ts';
import { clientAuthTypes } from './web-config.ts';

const text = z.string('must be a text');
const headerText = text.regex(/^[ -~]+$/, 'must be printable ASCII');
const flag = z.boolean('must be true or false');

/** A part of the file with the keys that it may have. */
function part<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'invalid_type' ? 'must have keys with values' : undefined),
  });
}

function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, `must be one of ${words.join(', ')}`);
}

function wordsOf<const Names extends Record<string, string>>(names: Names) {
  return Object.keys(names) as unknown as readonly [keyof Names & string, ...(keyof Names & string)[]];
}

const version = z.enum(wordsOf(tlsVersions), {
  error: ({ input }) =>
    input === 'TLS10' || input === 'TLS11'
      ? 'must be TLS12 or TLS13: TLS 1.0 and 1.1 are broken (RFC 8996) and not served'
      : 'must be TLS12 or TLS13',
});

const tls = part({
  cert: text.optional(),
  key: text.optional(),
  client_ca: text.optional(),
  cert_file: text.optional(),
  key_file: text.optional(),
  client_ca_file: text.optional(),
  // The toolkit takes RequireClientCert for the second too.
  client_auth_type: word([...clientAuthTypes, 'RequireClientCert']).default('NoClientCert'),
  client_allowed_sans: z.array(text, 'must be a list').optional(),
  min_version: version.default('TLS12'),
  max_version: version.default('TLS13'),
  cipher_suites: z.array(word([...wordsOf(tls12Ciphers), ...tls13Ciphers]), 'must be a list').optional(),
  prefer_server_cipher_suites: flag.default(true),
  curve_preferences: z.array(word(wordsOf(curves)), 'must be a list').optional(),
}).check(
  z.superRefine(
    (given, context) => {
      const wrong = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
      for (const name of ['cert', 'key', 'client_ca'] as const) {
        const isFile = given[`${name}_file`] !== undefined;
        if (isFile && given[name] !== undefined) wrong(name, `is given twice: here and as ${name}_file`);
        if (!isFile && given[name] === undefined && name !== 'client_ca') wrong(`${name}_file`, 'is missing');
      }
      const hasCa = given.client_ca !== undefined || given.client_ca_file !== undefined;
      const type = given.client_auth_type;
      if (hasCa && type === 'NoClientCert')
        wrong('client_auth_type', 'must say what to ask of clients, when client_ca_file is given');
      if (!hasCa && (type === 'VerifyClientCertIfGiven' || type === 'RequireAndVerifyClientCert')) {
        wrong(
          'client_auth_type',
          'needs client_ca_file: without it whoever has a certificate of any authority would be let in',
        );
      }
      if (given.client_allowed_sans !== undefined && !/^Require/.test(type)) {
        wrong(
          'client_allowed_sans',
          'needs a client_auth_type that requires a certificate: RequireAndVerifyClientCert',
        );
      }
      if (given.min_version === 'TLS13' && given.max_version === 'TLS12') wrong('min_version', 'is above max_version');
      const only13 = given.cipher_suites?.length && given.cipher_suites.every((name) => tls13Ciphers.includes(name));
      if (only13 && given.max_version === 'TLS12') wrong('cipher_suites', 'has none for TLS 1.2');
    },
    // Also when single keys are wrong: all mistakes are told at once.
    { when: ({ value }) => value instanceof Object },
  ),
);

/** Headers that the toolkit lets a file set. */
const http = part({
  http2: z.literal(false, 'must be false or left out: heapwatch answers HTTP/1.1 only').optional(),
  headers: part({
    'Content-Security-Policy': headerText.optional(),
    'X-Frame-Options': word(['deny', 'sameorigin']).optional(),
    'X-Content-Type-Options': word(['nosniff']).optional(),
    'X-XSS-Protection': headerText.optional(),
    'Strict-Transport-Security': headerText.optional(),
  }).optional(),
});

/**
 * What `htpasswd -B` and others write. Up to cost 15 a check takes seconds at most; more would only keep the scraper out
 * (bcryptjs 3: 70 ms at cost 10, twice that with each more).
 */
const hash = z
  .string('must be a bcrypt hash')
  .regex(/^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/, {
    error: 'must be a bcrypt hash, as `htpasswd -nBC 10 "" | tr -d \':\\n\'` prints',
    abort: true,
  })
  .regex(/^....(0[4-9]|1[0-5])/, 'must be a bcrypt hash of a cost from 4 to 15');

const UNIT_SECONDS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** As Go writes durations: `1s`, `1m30s`, `0.5s`, `0`; in seconds. */
const goDuration = z
  .union([z.literal(0), z.string()], 'must be a duration such as 100ms')
  .transform(String)
  .pipe(
    z
      .string()
      .regex(/^(0|(\d{1,9}(\.\d{1,9})?(ns|us|µs|ms|s|m|h)){1,6})$/, 'must be a duration such as 100ms')
      .transform((value) => {
        const parts = [...value.matchAll(/([\d.]+)([a-zµ]+)/g)];
        return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * UNIT_SECONDS[unit!]!, 0);
      }),
  );

export const webConfigSchema = part({
  tls_server_config: tls.optional(),
  http_server_config: http.optional(),
  basic_auth_users: z
    .record(
      z
        .string()
        .regex(/^[^:\n\r]+$/, 'is no name of a user: basic authentication divides name and password by a colon'),
      hash,
      'must have users with hashes',
    )
    .optional(),
  rate_limit: part({
    interval: goDuration.default(0),
    burst: z.int('must be a whole number').min(1, 'must be 1 or more: with 0 nobody would be answered').default(1),
  }).optional(),
});

/** What the file says, checked, but for the files that it names. */
export type WebConfigDocument = z.output<typeof webConfigSchema>;
export type TlsDocument = NonNullable<WebConfigDocument['tls_server_config']>;
