/** Bytes of the buffers that were made since the last `reset`, by the ways that Node.js programs make large ones. */
export interface AllocationWatch {
  reset(): void;
  readonly bytes: number;
  /** Puts Buffer's functions back. */
  end(): void;
}

export function watchAllocations(): AllocationWatch {
  const { alloc, allocUnsafe, concat } = Buffer;
  let bytes = 0;
  Buffer.alloc = (size: number, ...rest: []) => {
    bytes += size;
    return alloc(size, ...rest);
  };
  Buffer.allocUnsafe = (size: number) => {
    bytes += size;
    return allocUnsafe(size);
  };
  Buffer.concat = ((list: readonly Uint8Array[], length?: number) => {
    const joined = concat(list, length);
    bytes += joined.length;
    return joined;
  }) as typeof Buffer.concat;
  return {
    reset: () => {
      bytes = 0;
    },
    get bytes() {
      return bytes;
    },
    end: () => Object.assign(Buffer, { alloc, allocUnsafe, concat }),
  };
}
