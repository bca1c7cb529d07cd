/** A 64-bit little-endian word as a number: exact for what can be an address or a count, rounded beyond 2^53. */
export function readAddress(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at);
}
