import type { ProcessRef } from '../../model/target.ts';
import type { Session } from '../runtime.ts';
import { attach } from './attach.ts';
import { findIsolates } from './isolates.ts';

/** Opens a Node.js process for vitals. Throws `ReadFailure`. */
export function openSession(process: ProcessRef): Session {
  const node = attach(process);
  try {
    findIsolates(node);
  } catch (error) {
    node.memory.close();
    throw error;
  }
  return {
    vitals() {
      findIsolates(node);
      return { spaceUsedBytes: {}, externalBytes: {}, gc: [] };
    },
    close: () => node.memory.close(),
  };
}
