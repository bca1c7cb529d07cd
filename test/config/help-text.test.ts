import { expect, test } from 'vitest';
import { helpText, settingRows } from '../../src/config/help-text.ts';
import { settingTable } from '../../src/config/settings.ts';

test('help shows a flag with its default and a switch with its negation', () => {
  const help = helpText(settingTable);
  expect(help).toContain('  --web.listen-address=":10148"\n');
  expect(help).toContain('  --[no-]census.enabled\n');
  expect(help).toContain('  --storage.path=<path>\n');
  expect(help).toContain('  --discovery.include=<pattern> ...\n');
});

test('the README rows name the environment variable', () => {
  expect(settingRows(settingTable)).toContainEqual([
    '`--discovery.min-age`',
    '`HEAPWATCH_DISCOVERY_MIN_AGE`',
    'duration',
    '`10s`',
    'Processes younger than this are not watched yet',
  ]);
});
