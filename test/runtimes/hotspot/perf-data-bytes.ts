/** Makes performance data as a JVM lays them out: numbers and strings by name. */
export function perfDataBytes(
  values: Readonly<Record<string, number | string>>,
  { accessible = 1, major = 2 }: { accessible?: number; major?: number } = {},
): Buffer {
  const entries = Object.entries(values).map(([name, value]) => entry(name, value));
  const header = Buffer.alloc(32);
  header.writeUInt32BE(0xcafec0c0, 0);
  header.set([1, major, 0, accessible], 4);
  header.writeInt32LE(32 + entries.reduce((sum, { length }) => sum + length, 0), 8);
  header.writeInt32LE(entries.length, 16); // the stamp changes with each entry
  header.writeInt32LE(32, 24);
  header.writeInt32LE(entries.length, 28);
  const bytes = Buffer.alloc(32 * 1024);
  Buffer.concat([header, ...entries]).copy(bytes);
  return bytes;
}

function entry(name: string, value: number | string): Buffer {
  const nameBytes = (name.length + 1 + 7) & ~7;
  const dataOffset = 20 + nameBytes + 4; // of eight bytes, as the header is followed by 20
  const vector = typeof value === 'string' ? (value.length + 1 + 7) & ~7 : 0;
  const bytes = Buffer.alloc(dataOffset + (vector || 8));
  bytes.writeInt32LE(bytes.length, 0);
  bytes.writeInt32LE(20, 4);
  bytes.writeInt32LE(vector, 8);
  bytes[12] = (typeof value === 'string' ? 'B' : 'J').charCodeAt(0);
  bytes[15] = name === 'sun.gc.cause' ? 3 : 1; // variable, constant
  bytes.writeInt32LE(dataOffset, 16);
  bytes.write(name, 20, 'latin1');
  if (typeof value === 'string') bytes.write(value, dataOffset, 'latin1');
  else bytes.writeBigInt64LE(BigInt(value), dataOffset);
  return bytes;
}

/** Performance data of a JVM with G1, after four collections. */
export const g1Values = {
  'sun.rt.createVmBeginTime': 1_700_000_000_000,
  'sun.os.hrt.frequency': 1_000_000_000,
  'java.property.java.version': '17.0.15',
  'sun.gc.policy.name': 'GarbageFirst',
  'sun.gc.cause': 'No GC',
  'sun.gc.collector.0.name': 'G1 young collection pauses',
  'sun.gc.collector.0.invocations': 3,
  'sun.gc.collector.0.time': 4_000_000,
  'sun.gc.collector.0.lastExitTime': 2_000_000_000,
  'sun.gc.collector.1.name': 'G1 full collection pauses',
  'sun.gc.collector.1.invocations': 1,
  'sun.gc.collector.1.time': 6_000_000,
  'sun.gc.collector.1.lastExitTime': 3_000_000_000,
  'sun.gc.generation.0.maxCapacity': 2 ** 28 + 24,
  'sun.gc.generation.0.space.0.name': 'eden',
  'sun.gc.generation.0.space.0.used': 31_457_280,
  'sun.gc.generation.0.space.0.capacity': 49_283_080,
  'sun.gc.generation.0.space.1.name': 's0',
  'sun.gc.generation.0.space.1.used': 0,
  'sun.gc.generation.0.space.1.capacity': 8,
  'sun.gc.generation.0.space.2.name': 's1',
  'sun.gc.generation.0.space.2.used': 1000,
  'sun.gc.generation.0.space.2.capacity': 1_048_584,
  'sun.gc.generation.1.maxCapacity': 2 ** 28 + 8,
  'sun.gc.generation.1.space.0.name': 'space',
  'sun.gc.generation.1.space.0.used': 22_264_944,
  'sun.gc.generation.1.space.0.capacity': 31_457_288,
  'sun.gc.metaspace.used': 952_376,
  'sun.gc.metaspace.capacity': 1_114_112,
} as const;
