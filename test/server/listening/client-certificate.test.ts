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
  // What stands inside another name is none. The first is what Node.js 20 makes of such a certificate.
  [
    String.raw`DirName:"CN=x\\\u002c DNS:prometheus", othername:"UPN:a\u002c DNS:prometheus", URI:"http://a/?x\u002cDNS:b", DNS:c`,
    ['http://a/?x,DNS:b', 'c'],
  ],
  ['DirName:"CN = \\"x, DNS:prometheus, y\\"", DNS:a', ['a']],
  ['othername:"UPN:x, DNS:prometheus, y", DNS:a', ['a']],
  // What is no such text has no names, not even those before.
  ['DNS:a, othername:"x, DNS:prometheus', []],
  ['DNS:a, b, DNS:c', []],
  ['DNS:"a\nb", IP Address:<invalid length=5>, URI:zz::zz', ['"a\nb"', '<invalid length=5>', 'zz::zz']],
  ['', []],
  [undefined, []],
])('%s names %j', (text, names) => expect(namesOf(text)).toEqual(names));
