import type { OptIns } from '../model/opt-ins.ts';
import type { SettingTable, SettingValues } from './setting.ts';
import { choice } from './value-types.ts';

/**
 * What heapwatch does to a process beyond reading it: see docs/opt-ins.md. serve has no use for the inspector, which tells no
 * sizes, writes to the program's stderr each time, and is open to others meanwhile.
 */
export const optInSettings = {
  jvmAttach: {
    flag: 'jvm.attach',
    type: choice(['off', 'on']),
    default: 'off',
    help: 'Ask a JVM whose heap cannot be read for a class histogram, which pauses it',
  },
  nodejsInspector: {
    flag: 'nodejs.inspector',
    type: choice(['off', 'on-demand']),
    default: 'off',
    help: 'Open the inspector of a Node.js whose heap cannot be read, ask it, which pauses it, and close it again',
  },
} satisfies SettingTable;

/** Of serve alone: what is asked for when the end of a process is near. */
export const evidenceSettings = {
  evidenceJvm: {
    flag: 'evidence.jvm',
    type: choice(['off', 'class-histogram']),
    default: 'off',
    help: 'Ask a JVM whose end is near, once, for what is kept beside its incident; it pauses; needs --storage.path',
  },
} satisfies SettingTable;

/** The settings' words as what is permitted. */
export function optInsOf({ jvmAttach, nodejsInspector }: SettingValues<typeof optInSettings>): OptIns {
  return { jvmAttach: jvmAttach === 'on', nodejsInspector: nodejsInspector === 'on-demand' };
}
