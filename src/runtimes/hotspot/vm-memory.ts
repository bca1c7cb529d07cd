import type { ProcessMemory } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import { vanished } from '../vanished.ts';
import type { VmStructs } from './vm-structs.ts';

/** A JVM's own structures, read by the names that its libjvm gives them. Names of fields are `Type::_field`. */
export class VmMemory {
  readonly memory: ProcessMemory;
  readonly structs: VmStructs;

  constructor(memory: ProcessMemory, structs: VmStructs) {
    this.memory = memory;
    this.structs = structs;
  }

  /** Where a field is: the first of the names that this JVM has, as fields move between types. Throws `unsupported`. */
  at(...names: readonly string[]): number {
    const found = this.find(...names);
    if (found !== undefined) return found;
    throw new ReadFailure(
      'unsupported',
      `this JVM does not tell where ${names[0]} is, which a census of its heap needs`,
    );
  }

  /** As `at`, but undefined when it has none of them. */
  find(...names: readonly string[]): number | undefined {
    for (const name of names) {
      const field = this.structs.fields.get(name);
      if (field !== undefined) return field.at;
    }
    return undefined;
  }

  /** Bytes of a type. Throws `unsupported`. */
  bytesOf(type: string): number {
    const bytes = this.structs.typeBytes.get(type);
    if (bytes !== undefined) return bytes;
    throw new ReadFailure(
      'unsupported',
      `this JVM does not tell how large ${type} is, which a census of its heap needs`,
    );
  }

  /** The 64-bit word at an address. Throws `gone` or `busy` when it cannot be seen. */
  word(address: number): number {
    const value = this.memory.readWord(address);
    if (value !== undefined) return value;
    throw this.unseen();
  }

  /** The 32-bit word at an address, as an unsigned number. Throws as `word` does. */
  int(address: number): number {
    return this.bytes(address, 4).readUInt32LE(0);
  }

  /** `length` bytes at an address, all of them. Throws as `word` does. */
  bytes(address: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    if (this.memory.read(address, bytes, 0, length) === length) return bytes;
    throw this.unseen();
  }

  /**
   * Why what has to be there is not: the process has ended or runs another program, its page is in swap, or the structure
   * was freed meanwhile.
   */
  unseen(): ReadFailure {
    const failure = vanished(this.memory);
    if (failure.kind !== 'busy' || this.memory.swappedBytes > 0) return failure;
    return new ReadFailure('busy', 'structures of the JVM itself changed while they were read; try again');
  }
}
