import { optInSettings } from '../../config/opt-in-settings.ts';
import type { SettingTable, SettingValues } from '../../config/setting.ts';
import { boolean, duration, integer } from '../../config/value-types.ts';

/** What `heapwatch top` takes. */
export const topSettings = {
  pid: { argument: 'pid', type: integer(1, 2 ** 22), help: 'The process to look at, a pid from 1 to 4194304' },
  limit: {
    flag: 'limit',
    type: integer(1, 1_000_000),
    default: '50',
    help: 'How many types are listed',
  },
  growthSeconds: {
    flag: 'growth',
    type: duration(0.1, 86_400),
    help: 'Take a second census after this time and show what has grown, most first',
  },
  watch: {
    flag: 'watch',
    type: boolean,
    default: 'false',
    help: 'Look again and again until Ctrl-C: in place on a terminal, else one report after another',
  },
  intervalSeconds: {
    flag: 'interval',
    type: duration(0.1, 86_400),
    default: '5s',
    help: 'How often --watch looks; less often where a census takes longer than a tenth of that',
  },
  json: { flag: 'json', type: boolean, default: 'false', help: 'Print one JSON document instead of a table' },
  ...optInSettings,
} satisfies SettingTable;

export type TopSettings = SettingValues<typeof topSettings>;
