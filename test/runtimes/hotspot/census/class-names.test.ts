import { expect, test } from 'vitest';
import { javaName } from '../../../../src/runtimes/hotspot/census/class-names.ts';

test.each([
  ['java/lang/String', 'java.lang.String'],
  ['Shop$Order', 'Shop$Order'],
  ['[B', 'byte[]'],
  ['[[[D', 'double[][][]'],
  ['[Ljava/lang/Object;', 'java.lang.Object[]'],
  ['[[Ljava/util/Map$Entry;', 'java.util.Map$Entry[][]'],
  ['shop/Größe', 'shop.Größe'],
  // JDK 8, 17 and 21
  ['Shop$$Lambda$1', 'Shop$$Lambda'],
  ['Shop$$Lambda$14+0x00007f2a3c001200', 'Shop$$Lambda'],
  ['Shop$$Lambda+0x00007f2a3c001200', 'Shop$$Lambda'],
  ['Shop$$Lambda.0x00007f2a3c001200', 'Shop$$Lambda'],
  ['[LShop$$Lambda+0x00007f2a3c001200;', 'Shop$$Lambda[]'],
  ['java/lang/invoke/LambdaForm$MH+0x00007f2a3c001200', 'java.lang.invoke.LambdaForm$MH'],
  ['com/sun/proxy/$Proxy12', 'com.sun.proxy.$Proxy'],
  ['$Proxy3', '$Proxy'],
  // What only looks like it, and what no compiler makes.
  ['Shop$1', 'Shop$1'],
  ['My$Proxy3', 'My$Proxy3'],
  ['Lambda$3', 'Lambda$3'],
  ['[', '['],
  ['[X', '[X'],
  ['[Lopen', '[Lopen'],
  [`${'['.repeat(256)}I`, `${'['.repeat(256)}I`],
  ['a\nb', 'a\nb'],
])('%s is %s', (internal, name) => {
  expect(javaName(internal)).toBe(name);
});
