import { expect, test } from 'vitest';
import { parseEnvironment, readEnvironment } from '../../src/linux/environment.ts';
import { recordTree } from './recorded-tree.ts';

const names = new Set(['A', 'B', 'C']);
const parse = (text: string) => Object.fromEntries(parseEnvironment(Buffer.from(text), names));

test.each([
  ['A=1\0B=two words\0SECRET=x\0', { A: '1', B: 'two words' }],
  ['A=x=y\0', { A: 'x=y' }],
  ['A=\0', { A: '' }],
  ['A=first\0A=second\0', { A: 'first' }],
  ['AB=1\0A\0=A\0 A=2\0', {}],
  ['A=1\0B=cut off by the bo', { A: '1' }],
  ['A=1', {}],
  ['', {}],
  ['\0\0\0', {}],
  ['__proto__=1\0A=\n\u0001\0', { A: '\n\u0001' }],
])('of %j the named variables are taken', (text, expected) => {
  expect(parse(text)).toEqual(expected);
});

test('bytes that are no UTF-8 do not matter', () => {
  expect(parseEnvironment(Buffer.from([0x41, 0x3d, 0xff, 0xfe, 0]), names).get('A')).toBe('\ufffd\ufffd');
});

test('a huge environment is read to its bound', () => {
  const { path } = recordTree({ '42/environ': `A=1\0${`X=${'x'.repeat(1022)}\0`.repeat(1024)}B=2\0` });
  expect([...readEnvironment(path, 42, names)]).toEqual([['A', '1']]);
});

test('an environment that is not there is gone', () => {
  const { path } = recordTree({});
  expect(() => readEnvironment(path, 42, names)).toThrow(expect.objectContaining({ kind: 'gone' }));
});
