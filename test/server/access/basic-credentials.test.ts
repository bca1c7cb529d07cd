import { expect, test } from 'vitest';
import { parseBasicCredentials } from '../../../src/server/access/basic-credentials.ts';

const basic = (text: string | Buffer) => `Basic ${Buffer.from(text).toString('base64')}`;

test.each([
  [basic('alice:secret'), { user: 'alice', password: 'secret' }],
  [basic('alice:a:b:'), { user: 'alice', password: 'a:b:' }],
  [basic(':'), { user: '', password: '' }],
  [basic('älice:größe'), { user: 'älice', password: 'größe' }],
  [basic('alice:secret').replace('Basic ', 'bASIC   '), { user: 'alice', password: 'secret' }],
  [basic('nothing'), undefined],
  [basic(Buffer.from([0x61, 0x3a, 0xff])), undefined],
  ['Basic ', undefined],
  ['Basic ä', undefined],
  ['Bearer YTpi', undefined],
  ['', undefined],
  [undefined, undefined],
])('%j is %j', (header, expected) => expect(parseBasicCredentials(header)).toEqual(expected));

test('a long header of a hostile client is parsed at once', () => {
  for (const header of [`Basic ${' '.repeat(16_000)}`, `Basic ${'='.repeat(16_000)}`, `Basic ${'a'.repeat(16_000)}!`]) {
    expect(parseBasicCredentials(header)).toBeUndefined();
  }
});
