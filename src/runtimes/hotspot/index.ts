import { ReadFailure } from '../../model/failure.ts';
import type { Detection, ProcessRef } from '../../model/target.ts';
import { mappingsOnce } from '../mappings-once.ts';
import type { Runtime } from '../runtime.ts';
import { attach } from './attach.ts';
import { census } from './census/census.ts';
import { findLibjvm, readReleaseFile } from './libjvm.ts';
import { openSession } from './vitals/vitals.ts';

/** HotSpot of OpenJDK 8 to 27, x86-64 Linux. */
export const hotspot: Runtime = {
  name: 'jvm',
  detect(process, mappings = mappingsOnce(process)): Detection | undefined {
    const libjvm = findLibjvm(mappings());
    return libjvm && { runtime: 'jvm', version: readReleaseFile(process, libjvm) };
  },
  readVersion,
  open: openSession,
  census,
};

/** What the running JVM says of itself: the file may be newer, or say less. */
function readVersion(process: ProcessRef, detected: string): string {
  try {
    const { data, close } = attach(process);
    const version = data.text('java.property.java.version') ?? '';
    close();
    return /^[\w.+-]{1,64}$/.test(version) ? version : detected;
  } catch (error) {
    if (error instanceof ReadFailure) return detected; // what forbids us to read is told by `open`
    throw error;
  }
}
