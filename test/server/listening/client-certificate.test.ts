import { expect, test } from 'vitest';
import { namesOf } from '../../../src/server/listening/client-certificate.ts';

test.each([
  ['DNS:a.example, DNS:*.b.example', ['a.example', '*.b.example']],
  ['IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1', ['127.0.0.1', '::1']],
  ['IP Address:2001:DB8:0:0:0:0:0:1', ['2001:db8::1']],
  ['email:ops@a.example, URI:spiffe://a/b', ['ops@a.example', 'spiffe://a/b']],
  // One name that would like to be two, as Node.js writes it since CVE-2021-44532.
  ['DNS:"evil.example, DNS:prometheus"', ['evil.example, DNS:prometheus']],
  ['URI:"http://a/?x=\\"y\\", DNS:prometheus"', ['http://a/?x="y", DNS:prometheus']],
  ['othername:<unsupported>, DirName:"CN=prometheus", DNS:a', ['a']],
  ['', []],
  [undefined, []],
])('%s names %j', (text, names) => expect(namesOf(text)).toEqual(names));
