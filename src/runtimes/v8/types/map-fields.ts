/** v8::internal::Map of src/objects/map.h, the same in V8 10.2 to 14.6: offsets in bytes. */
export const mapFields = {
  /** One byte: the size of its objects in words of 8 bytes; 0 when each has its own. */
  instanceWords: 8,
  /** 16 bits. */
  instanceType: 12,
  /** One byte. */
  bitField: 14,
  /** 32 bits. */
  bitField3: 16,
  prototype: 24,
  descriptors: 40,
  bytes: 48,
};

/** Of `bitField`: functions, and what can be called like one. */
export const isCallableBit = 1 << 1;
/** Of `bitField`: functions that may be constructors. */
export const hasPrototypeSlotBit = 1 << 7;
/** Of `bitField3`: the one object that has this map is the prototype of others. */
export const isPrototypeMapBit = 1 << 20;

/** The number of own descriptors in `bitField3`. */
export const ownDescriptorsShift = 10;
export const ownDescriptorsMask = 0x3ff;
