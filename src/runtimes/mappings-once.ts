import type { Mapping } from '../memory/mappings.ts';
import { readMappings } from '../memory/process-memory.ts';
import type { ProcessRef } from '../model/target.ts';

/** Gives the mappings of a process as of one moment. Throws as `readMappings` does. */
export type GetMappings = () => readonly Mapping[];

/** Reads them when first asked: a process may have megabytes of text there, and every runtime looks at them. */
export function mappingsOnce(process: ProcessRef): GetMappings {
  let mappings: readonly Mapping[] | undefined;
  return () => {
    mappings ??= readMappings(process);
    return mappings;
  };
}
