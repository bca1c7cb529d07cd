import { expect, test } from 'vitest';
import { createClientTable } from '../../../src/server/access/client-table.ts';

const startTable = () =>
  createClientTable(
    () => ({ isBusy: false }),
    ({ isBusy }) => isBusy,
  );

test('addresses of one network are one client', () => {
  const clientOf = startTable();
  expect(clientOf('2001:db8:1:2::3')).toBe(clientOf('2001:db8:1:2:4:5:6:7'));
  expect(clientOf('10.0.0.1')).toBe(clientOf('::ffff:10.0.0.1'));
  expect(clientOf('10.0.0.1')).not.toBe(clientOf('10.0.0.2'));
});

test('of too many the longest silent are forgotten, not those that are busy', () => {
  const clientOf = startTable();
  const [busy, silent, heard] = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map(clientOf);
  busy!.isBusy = true;
  for (let index = 0; index < 4094; index++) {
    clientOf(`10.1.${index >> 8}.${index & 255}`);
    clientOf('10.0.0.3');
  }
  expect(clientOf('10.0.0.1')).toBe(busy);
  expect(clientOf('10.0.0.3')).toBe(heard);
  expect(clientOf('10.0.0.2')).not.toBe(silent);
});
