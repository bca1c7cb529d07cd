import { expect, test } from 'vitest';
import { programName } from '../../../src/monitor/discovery/program-name.ts';

test.each([
  [['java', '-Xmx1g', '-jar', '/srv/shop/shop-1.2.jar', '--password', 'secret'], 'java shop-1.2.jar'],
  [['java', '-jar', '-Xmx1g', '-cp', 'lib/*', '/srv/shop.jar', '-jar', 'secret'], 'java shop.jar'],
  [['java', '-Dpassword=secret', '-cp', 'lib/*', 'com.shop.Main', 'secret'], 'java com.shop.Main'],
  [['/usr/bin/java', '--class-path', 'secret', '--add-opens', 'java.base/java.lang=ALL-UNNAMED', 'Main'], 'java Main'],
  [['java', '-p', 'mods', '-m', 'shop/com.shop.Main', 'secret'], 'java com.shop.Main'],
  [['java', '--module-path=mods', '--module=shop', 'secret'], 'java shop'],
  [['java', '--source', '21', '/srv/Shop.java', 'secret'], 'java Shop.java'],
  [['java', '@options', 'secret'], 'java'],
  [['java', '-jar'], 'java'],
  [['java', '-jar', '/'], 'java'],
  [['java', '-version'], 'java'],
  [['java'], 'java'],
  [[], 'java'],
])('%j is the service %s', (commandLine, expected) => {
  expect(programName('java', commandLine)).toBe(expected);
});

test('programs that embed a JVM are named alone', () => {
  expect(programName('soffice.bin', ['soffice.bin', '-jar', 'secret'])).toBe('soffice.bin');
});
