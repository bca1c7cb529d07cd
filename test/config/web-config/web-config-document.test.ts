import { expect, test } from 'vitest';
import { parseWebConfig } from '../../../src/config/web-config/web-config-document.ts';

/** A well-formed hash of nothing in particular. */
const hash = `$2y$10$${'a'.repeat(53)}`;

function mistakesOf(text: string): readonly string[] {
  const parsed = parseWebConfig(text, 'web.yml');
  return parsed.ok ? [] : parsed.mistakes;
}

test("the toolkit's own format is read, and left out parts have its defaults", () => {
  const parsed = parseWebConfig(
    `
tls_server_config:
  cert_file: server.crt
  key_file: server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.crt
  client_allowed_sans: [prometheus.example]
  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
  curve_preferences: [CurveP256]
http_server_config:
  http2: false
  headers:
    X-Frame-Options: deny
    Strict-Transport-Security:
basic_auth_users:
  alice: ${hash}
rate_limit:
  interval: 1m0.5s
  burst: 3
`,
    'web.yml',
  );
  expect(parsed).toMatchObject({
    ok: true,
    document: {
      tls_server_config: {
        cert_file: 'server.crt',
        min_version: 'TLS12',
        max_version: 'TLS13',
        prefer_server_cipher_suites: true,
      },
      http_server_config: { headers: { 'X-Frame-Options': 'deny' } },
      basic_auth_users: { alice: hash },
      rate_limit: { interval: 60.5, burst: 3 },
    },
  });
});

test.each(['', '# nothing yet', 'basic_auth_users:\n', 'tls_server_config:\nhttp_server_config:\n'])(
  'a file that says nothing is no mistake: %j',
  (text) => expect(parseWebConfig(text, 'web.yml').ok).toBe(true),
);

test('all mistakes are told at once, each with its line', () => {
  const text = `
tls_server_config:
  cert-file: server.crt
  min_version: TLS10
  client_auth_type: VerifyClientCert
  cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]
  prefer_server_cipher_suites: sometimes
http_server_config:
  http2: true
  headers: { X-Frame-Options: allow, X-Powered-By: me }
basic_auth_users:
  alice: secret
  bob:
  "a:b": ${hash}
  eve: ${hash.replace('10', '20')}
rate_limit: { burst: 0, interval: soon }
basic_auth: {}
`;
  expect(mistakesOf(text)).toEqual([
    'web.yml:5: tls_server_config.client_auth_type must be one of NoClientCert, RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven, RequireAndVerifyClientCert, RequireClientCert',
    'web.yml:4: tls_server_config.min_version must be TLS12 or TLS13: TLS 1.0 and 1.1 are broken (RFC 8996) and not served',
    expect.stringMatching(/^web.yml:6: tls_server_config.cipher_suites.0 must be one of TLS_ECDHE_/),
    'web.yml:7: tls_server_config.prefer_server_cipher_suites must be true or false',
    'web.yml:3: "tls_server_config.cert-file" is not a setting of the web configuration: did you mean "cert_file"?',
    'web.yml:2: tls_server_config.cert_file is missing',
    'web.yml:2: tls_server_config.key_file is missing',
    'web.yml:9: http_server_config.http2 must be false or left out: heapwatch answers HTTP/1.1 only',
    'web.yml:10: http_server_config.headers.X-Frame-Options must be one of deny, sameorigin',
    'web.yml:10: "http_server_config.headers.X-Powered-By" is not a setting of the web configuration',
    'web.yml:12: basic_auth_users.alice must be a bcrypt hash, as `htpasswd -nBC 10 "" | tr -d \':\\n\'` prints',
    'web.yml:13: basic_auth_users.bob must be a bcrypt hash',
    'web.yml:14: basic_auth_users.a:b is no name of a user: basic authentication divides name and password by a colon',
    'web.yml:15: basic_auth_users.eve must be a bcrypt hash of a cost from 4 to 15',
    'web.yml:16: rate_limit.interval must be a duration such as 100ms',
    'web.yml:16: rate_limit.burst must be 1 or more: with 0 nobody would be answered',
    'web.yml:17: "basic_auth" is not a setting of the web configuration',
  ]);
});

const files = 'cert_file: a, key_file: b';

test.each([
  ['cert: x, cert_file: a, key_file: b', 'cert is given twice: here and as cert_file'],
  [`${files}, client_ca_file: c`, 'client_auth_type must say what to ask of clients, when client_ca_file is given'],
  [
    `${files}, client_auth_type: RequireAndVerifyClientCert`,
    'client_auth_type needs client_ca_file: without it whoever has a certificate of any authority would be let in',
  ],
  [
    `${files}, client_ca_file: c, client_auth_type: VerifyClientCertIfGiven, client_allowed_sans: [a]`,
    'client_allowed_sans needs a client_auth_type that requires a certificate: RequireAndVerifyClientCert',
  ],
  [`${files}, min_version: TLS13, max_version: TLS12`, 'min_version is above max_version'],
  [`${files}, max_version: TLS12, cipher_suites: [TLS_AES_128_GCM_SHA256]`, 'cipher_suites has none for TLS 1.2'],
])('settings that contradict each other are refused: {%s}', (settings, mistake) => {
  expect(mistakesOf(`tls_server_config: {${settings}}`)).toEqual([`web.yml:1: tls_server_config.${mistake}`]);
});

test('a user that the parser would lose is refused: without users nobody would be asked for a password', () => {
  expect(mistakesOf(`basic_auth_users: { __proto__: ${hash} }`)).toEqual([
    'web.yml: basic_auth_users.__proto__ cannot be a user',
  ]);
});

test.each([
  ['basic_auth_users: [alice]', 'web.yml:1: basic_auth_users must have users with hashes'],
  ['tls_server_config: on', 'web.yml:1: tls_server_config must have keys with values'],
  ['just words', 'web.yml:1: the file must have keys with values'],
  ['a: 1\na: 2', 'web.yml:2: a key is given twice'],
  [
    `basic_auth_users: &all { alice: ${hash} }\nrate_limit: *all`,
    'web.yml:2: aliases (*name) are not followed: write the value itself',
  ],
  ['[[[[[[[[[[[[[[[[[[[[', 'web.yml: is nested too deeply'],
])('%s is refused with its place', (text, mistake) => {
  expect(mistakesOf(text)).toEqual([mistake]);
});

test.each([
  'basic_auth_users:\n  alice: hunter2',
  'basic_auth_users: { alice: hunter2',
  'basic_auth_users:\n  alice: "hunter2',
  'tls_server_config: { key: hunter2, cert: [hunter2] }',
  'basic_auth_users:\n alice: x\n\thunter2: y: hunter2',
])('no mistake repeats what may be a secret: %j', (text) => {
  const mistakes = mistakesOf(text).join('\n');
  expect(mistakes).toMatch(/^web.yml:/);
  expect(mistakes).not.toContain('hunter2');
});
