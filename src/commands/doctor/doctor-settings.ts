import type { SettingTable } from '../../config/setting.ts';
import { boolean, integer, text } from '../../config/value-types.ts';

/** What `heapwatch doctor` takes. */
export const doctorSettings = {
  pid: {
    argument: 'pid',
    optional: true,
    type: integer(1, 2 ** 22),
    help: 'The process to look at, a pid from 1 to 4194304; without it all that heapwatch recognises',
  },
  procfsPath: { flag: 'path.procfs', type: text('path'), default: '/proc', help: 'Where procfs is mounted' },
  json: { flag: 'json', type: boolean, default: 'false', help: 'Print one JSON document instead of text' },
} satisfies SettingTable;
