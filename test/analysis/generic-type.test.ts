import { expect, test } from 'vitest';
import { isGenericType } from '../../src/analysis/generic-type.ts';

test.each([
  ...['byte[]', 'java.lang.String', 'java.util.HashMap$Node', 'java.util.concurrent.ConcurrentHashMap$Node'],
  ...['(string)', 'Object', 'system / Context', 'Promise'],
  ...['dict', 'str', 'tuple', 'cell', 'datetime.datetime'],
  ...['[]uint8', 'map[string]int', 'System.String', 'System.Collections.Generic.List', 'Hash'],
])('%s is everywhere', (type) => {
  expect(isGenericType(type)).toBe(true);
});

test.each([
  ...['com.acme.Order', 'java.lang.Thread', 'java.util.concurrent.LinkedBlockingQueue$Node', 'java.lang.ref.Finalizer'],
  ...['Order', 'Socket', 'Timeout', 'shop.models.Order', 'collections.deque', 'asyncio.Task', '*net.netFD'],
])('%s tells something', (type) => {
  expect(isGenericType(type)).toBe(false);
});
