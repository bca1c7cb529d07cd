import { expect, test } from 'vitest';
import type { PatternField, ProcessPattern } from '../../../src/model/process-pattern.ts';
import { isExcluded, type Traits } from '../../../src/monitor/discovery/selection.ts';

const patterns = (...texts: string[]): ProcessPattern[] =>
  texts.map((text) => {
    const [field, glob = ''] = text.split('=');
    return { field: field as PatternField, glob };
  });

const shop: Traits = {
  name: ['python3'],
  service: ['shop'],
  cgroup: ['/', '/docker/4f5c'],
  container: ['4f5c', 'web'],
  namespace: [],
};
/** May not be looked into: everybody sees where it runs, but nothing else. */
const denied: Traits = { cgroup: ['/user.slice/x'] };

test.each([
  ['nothing', shop, [], [], false],
  ['what fits an include', shop, ['service=other', 'service=sh*'], [], false],
  ['what fits no include', shop, ['service=other', 'name=node'], [], true],
  ['what fits an exclude', shop, [], ['name=node', 'container=web'], true],
  ['what fits both', shop, ['service=shop'], ['cgroup=/docker/*'], true],
  ['any cgroup of it', shop, ['cgroup=/docker/*'], [], false],
  ['a namespace that it does not have, to include', shop, ['namespace=*'], [], true],
  ['a namespace that it does not have, to exclude', shop, [], ['namespace=*'], false],
  ['a denied one by its cgroup', denied, [], ['cgroup=/user.slice/*'], true],
  ['a denied one that may be meant', denied, ['service=shop', 'cgroup=/docker/*'], [], false],
  ['a denied one that is surely not meant', denied, ['cgroup=/docker/*'], [], true],
  ['a denied one that may be excluded', denied, [], ['service=shop'], false],
])('excluding %s', (_, traits, include, exclude, expected) => {
  expect(isExcluded(traits, { include: patterns(...include), exclude: patterns(...exclude) })).toBe(expected);
});
