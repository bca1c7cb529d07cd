import type { OptIns } from '../model/opt-ins.ts';
import type { SettingTable, SettingValues } from './setting.ts';
import { choice } from './value-types.ts';

/** What heapwatch does to a process beyond reading it, for serve and top alike: see docs/opt-ins.md. */
export const optInSettings = {
  jvmAttach: {
    flag: 'jvm.attach',
    type: choice(['off', 'on']),
    default: 'off',
    help: 'Ask a JVM whose heap cannot be read for a class histogram, which pauses it',
  },
} satisfies SettingTable;

/** The settings' words as what is permitted. */
export function optInsOf({ jvmAttach }: SettingValues<typeof optInSettings>): OptIns {
  return { jvmAttach: jvmAttach === 'on' };
}
