// The performance data that a HotSpot JVM keeps for jstat: PerfDataPrologue and PerfDataEntry of
// src/hotspot/share/runtime/perfMemory.hpp, version 2.0, the same in JDK 8 to 27. A row of named numbers and strings.

import { ReadFailure } from '../../../model/failure.ts';

/** Where the values lie in the bytes. It holds until the modification stamp changes, as entries are only ever added. */
export interface PerfLayout {
  readonly stamp: number;
  /** Offsets of 64-bit numbers by name. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly strings: ReadonlyMap<string, PerfString>;
}

export interface PerfString {
  readonly at: number;
  readonly length: number;
  /** The JVM never changes it. */
  readonly constant: boolean;
}

const magic = 0xcafec0c0; // big-endian, whatever the machine's order
const littleEndian = 1;
const supportedMajor = 2;
export const headerBytes = 32;
const entryHeaderBytes = 20;
const longType = 'J'.charCodeAt(0);
const byteType = 'B'.charCodeAt(0);
const constantVariability = 1; // PerfData::V_Constant

/** Bounds for hostile data: a JVM has 90 to 250 entries with names of up to 60 characters, in 32 KB. */
const mostEntries = 4096;
const mostNameBytes = 128;
const mostStringBytes = 4096;

/** What `-XX:PerfDataMemorySize` may be at most for us; it is 32 KB unless someone asks for more. */
export const mostPerfDataBytes = 2 ** 20;

/** Whether the bytes begin as performance data do. */
function isPerfData(bytes: Buffer): boolean {
  return bytes.length >= headerBytes && bytes.readUInt32BE(0) === magic;
}

/** The stamp of the time when the last entry was created; it says nothing of the age of the values. */
export function readStamp(bytes: Buffer): number {
  return readLong(bytes, 16);
}

/** How many bytes are in use, as the header says. */
export function readEnd(bytes: Buffer): number {
  return bytes.readInt32LE(8);
}

/** Throws `busy` while the JVM starts, `unsupported` for another version, `unreadable` for what contradicts itself. */
export function parsePerfData(bytes: Buffer): PerfLayout {
  if (!isPerfData(bytes)) throw unreadable('do not begin as such data do');
  if (bytes[5] !== supportedMajor || bytes[4] !== littleEndian) {
    throw new ReadFailure(
      'unsupported',
      `performance data of version ${bytes[5]}.${bytes[6]} and byte order ${bytes[4]} are not supported; ` +
        `heapwatch reads version ${supportedMajor} in little-endian order`,
    );
  }
  if (bytes[7] === 0) {
    throw new ReadFailure('busy', 'the JVM is starting and has not filled in its performance data yet: try again');
  }
  const end = readEnd(bytes);
  const entries = bytes.readInt32LE(28);
  if (end < headerBytes || end > bytes.length) throw unreadable(`claim ${end} of ${bytes.length} bytes`);
  if (entries < 0 || entries > mostEntries) throw unreadable(`claim ${entries} entries`);
  return { stamp: readStamp(bytes), ...parseEntries(bytes.subarray(0, end), bytes.readInt32LE(24), entries) };
}

/** A number as the JVM writes it: signed, aligned and so never torn; rounded beyond 2^53. */
export function readLong(bytes: Buffer, at: number): number {
  return bytes.readInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at);
}

function parseEntries(bytes: Buffer, first: number, entries: number): Pick<PerfLayout, 'numbers' | 'strings'> {
  const numbers = new Map<string, number>();
  const strings = new Map<string, PerfString>();
  let at = first;
  for (let entry = 0; entry < entries; entry++) {
    if (at < headerBytes || at + entryHeaderBytes > bytes.length) throw unreadable('have an entry beyond their end');
    const length = bytes.readInt32LE(at);
    const nameOffset = bytes.readInt32LE(at + 4);
    const vectorLength = bytes.readInt32LE(at + 8);
    const type = bytes[at + 12]!;
    const dataOffset = bytes.readInt32LE(at + 16);
    const dataBytes = vectorLength === 0 ? 8 : vectorLength;
    const fits =
      length >= entryHeaderBytes &&
      at + length <= bytes.length &&
      nameOffset >= entryHeaderBytes &&
      nameOffset < length &&
      dataOffset >= entryHeaderBytes &&
      dataBytes > 0 &&
      dataOffset + dataBytes <= length;
    if (!fits) throw unreadable('have an entry whose parts lie outside of it');
    const name = readText(bytes, at + nameOffset, Math.min(mostNameBytes, length - nameOffset));
    if (type === longType && vectorLength === 0) numbers.set(name, at + dataOffset);
    if (type === byteType && vectorLength > 0) {
      strings.set(name, {
        at: at + dataOffset,
        length: vectorLength,
        constant: bytes[at + 15] === constantVariability,
      });
    }
    at += length;
  }
  return { numbers, strings };
}

/** Text up to its zero byte; the JVM's own writer may be in the middle of a string that changes. */
export function readText(bytes: Buffer, at: number, length: number): string {
  const text = bytes.subarray(at, at + Math.min(length, mostStringBytes));
  const end = text.indexOf(0);
  return text.toString('latin1', 0, end < 0 ? text.length : end);
}

function unreadable(what: string): ReadFailure {
  return new ReadFailure('unreadable', `what should be the performance data of a JVM ${what}`);
}
