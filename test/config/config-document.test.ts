import { expect, test } from 'vitest';
import { parseConfigDocument } from '../../src/config/config-document.ts';
import { settingTable } from '../../src/config/settings.ts';

const parse = (text: string) => parseConfigDocument(settingTable, text, 'x.yaml');
const mistakesOf = (text: string) => parse(text).mistakes;

test.each([
  ['nested', 'web:\n  listen-address: :80\n'],
  ['dotted', 'web.listen-address: :80\n'],
  ['in flow style', '{web: {listen-address: ":80"}}'],
  ['in a document with a mark and a comment', '--- # ours\nweb.listen-address: ":80"\n...\n'],
])('a key is read %s', (_, text) => {
  const { given, mistakes } = parse(text);
  expect(mistakes).toEqual([]);
  expect([...given]).toEqual([
    ['web.listen-address', [{ origin: expect.stringMatching(/^x.yaml:[12]: web.listen-address$/), text: ':80' }]],
  ]);
});

test('a value is what is written, not what YAML makes of it', () => {
  const { given } = parse('census: {types: 0x10, enabled: TRUE, cpu-budget: 5e-2}\nstorage.path: "no"\n');
  expect([...given.values()].map((texts) => texts[0]?.text)).toEqual(['0x10', 'TRUE', '5e-2', 'no']);
});

test('a list is a list or a single value; an empty list is one too', () => {
  const texts = (text: string) =>
    parse(text)
      .given.get('discovery.include')
      ?.map((given) => given.text);
  expect(texts('discovery.include: [name=a, "service=b, c"]')).toEqual(['name=a', 'service=b, c']);
  expect(texts('discovery.include: name=a')).toEqual(['name=a']);
  expect(texts('discovery.include: []')).toEqual([]);
});

test.each(['', '# nothing yet\n', '---\n', 'web:\nlog: # later\n'])('%j sets nothing, and that is fine', (text) => {
  expect(parse(text)).toEqual({ given: new Map(), mistakes: [] });
});

test.each([
  ['log:\n  level:\n', 'x.yaml:2: log.level needs a value'],
  ['log.level: [debug]\n', 'x.yaml:1: log.level needs a value'],
  ['discovery.include: {name: a}\n', 'x.yaml:1: discovery.include needs a list of values'],
  ['discovery.include: [[name=a]]\n', 'x.yaml:1: discovery.include needs a list of values'],
  ['log.level: warn\nlog: {level: info}\n', 'x.yaml:2: log.level is given more than once'],
  ['config.file: y.yaml\n', 'x.yaml:1: config.file names this file: give it as a flag or a variable'],
  ['webb:\n', 'x.yaml:1: "webb" is not a setting'],
  ['min-age: 1s\n', 'x.yaml:1: "min-age" is not a setting: did you mean "discovery.min-age"?'],
  ['web: {listen-address.host: x}\n', 'x.yaml:1: "web.listen-address.host" is not a setting'],
  ['web: hello\n', 'x.yaml:1: "web" is not a setting'],
  ['__proto__: {x: 1}\n', 'x.yaml:1: "__proto__.x" is not a setting'],
  ['? [a]\n: b\n', 'x.yaml:1: a key must be a plain word'],
  ['just words', 'x.yaml:1: settings are written as keys with values, such as log.level: debug'],
  ['- log.level\n', 'x.yaml:1: settings are written as keys with values, such as log.level: debug'],
  ['log.level: [debug\n', /^x\.yaml:\d: is no valid YAML: /],
  ['log.level: info\nlog.level: warn\n', 'x.yaml:2: is no valid YAML: Map keys must be unique'],
  ['log.level: info\n---\nlog.level: warn\n', /^x\.yaml:\d: is no valid YAML: .*multiple documents/],
  ['log: &a {level: info}\nweb: *a\n', 'x.yaml:2: aliases (*name) are not followed: write the value itself'],
  ['log.level: &a info\nlog.format: *a\n', 'x.yaml:2: aliases (*name) are not followed: write the value itself'],
])('%j is one mistake', (text, mistake) => {
  expect(mistakesOf(text)).toEqual([typeof mistake === 'string' ? mistake : expect.stringMatching(mistake)]);
});

test.each([
  ['aliases of aliases', 'a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: &d [*c,*c]\nlog: *d\n', /aliases/],
  ['brackets in brackets', '['.repeat(60_000), /nested too deeply/],
  ['maps in maps', '{a: '.repeat(15_000), /nested too deeply/],
  ['lists in lists', '- '.repeat(30_000), /nested too deeply/],
  ['keys in keys', '? '.repeat(30_000), /nested too deeply/],
  ['quotation marks', '"'.repeat(60_000), /no valid YAML/],
  ['an endless tag', '!'.repeat(60_000), /no valid YAML/],
  ['unknown keys', Array.from({ length: 8000 }, (_, i) => `k${i}: x`).join('\n'), /is not a setting/],
])('a file of %s is refused in a few short sentences', (_, text, reason) => {
  const mistakes = mistakesOf(text);
  expect(mistakes.join('\n')).toMatch(reason);
  expect(mistakes.length).toBeLessThanOrEqual(21);
  expect(Math.max(...mistakes.map((mistake) => mistake.length))).toBeLessThan(300);
});
