// What JavaScript's objects are called: after the function that constructed them, found by their prototype. A map's own
// constructor would name an instance of a subclass after its base. JSFunction of src/objects/js-function.h,
// SharedFunctionInfo and ScopeInfo of V8 10.2 to 14.6.
import { readAddress } from '../../../memory/address.ts';
import type { PageCache } from '../../../memory/page-cache.ts';
import type { Constants } from '../constants.ts';
import { hasPrototypeSlotBit, mapFields, ownDescriptorsMask, ownDescriptorsShift } from './map-fields.ts';
import { readString, untagged } from './strings.ts';

/** Property arrays and dictionaries of prototypes: class with more methods have their constructor among the first. */
const maxFields = 1024;
const maxPrototypes = 16;
/** Words that one census looks at in search of constructors, about 2 us each. */
const maxLooks = 2 ** 19;
const maxNamedPrototypes = 65_536;
const propertiesOffset = 8; // JSReceiver::raw_properties_or_hash
const fieldsOffset = 24; // behind JSObject::elements
const arrayElements = 16;
const descriptorBytes = 24;
/** ScopeInfo: `context_local_count` is a small integer; names of locals follow, up to 22 at once, then behind two more. */
const scopeLocalCount = 24;
const scopeNames = 32;
/** As far behind the locals' names, and a word about each, the function's own name or the one inferred for it may be. */
const scopeTailWords = 6;
const maxScopeWords = 256;
const maxScopeLocals = 75; // kScopeInfoMaxInlinedLocalNamesSize: from there on they are in one table of their own

/** Stands for functions that have no name. */
const anonymous = '(anonymous)';

export class ConstructorNames {
  readonly #pages: PageCache;
  readonly #offsets: { shared: number; prototypeOrInitialMap: number; name: number; descriptors: number };
  readonly #byPrototype = new Map<number, string | undefined>();
  #looksLeft = maxLooks;

  constructor(pages: PageCache, constants: Constants) {
    this.#pages = pages;
    this.#offsets = {
      shared: constants.offset('JSFunction', 'shared'),
      prototypeOrInitialMap: constants.offset('JSFunction', 'prototype_or_initial_map'),
      name: constants.offset('SharedFunctionInfo', 'name_or_scope_info'),
      descriptors: constants.offset('DescriptorArray', 'header_size'),
    };
  }

  /** By the objects' prototype, and that one's own prototype...; undefined when none of them has a constructor. */
  nameByPrototype(prototype: number | undefined): string | undefined {
    let at = prototype;
    for (let depth = 0; at !== undefined && depth < maxPrototypes; depth++) {
      const name = this.ownName(at);
      if (name !== undefined) return name;
      const map = this.#mapOf(at);
      at = map && untagged(readAddress(map, mapFields.prototype));
    }
    return undefined;
  }

  /** The name of the function whose `prototype` the object is; undefined when it is no such one's. */
  ownName(prototype: number): string | undefined {
    if (this.#byPrototype.has(prototype)) return this.#byPrototype.get(prototype);
    const owner = this.#findConstructor(prototype);
    const name = owner === undefined ? undefined : (this.#functionName(owner) ?? anonymous);
    if (this.#byPrototype.size < maxNamedPrototypes) this.#byPrototype.set(prototype, name);
    return name;
  }

  /** The name that a JSFunction was written with; undefined for one without. */
  #functionName(address: number): string | undefined {
    const shared = this.#pointer(address + this.#offsets.shared);
    const name = shared && this.#pointer(shared + this.#offsets.name);
    if (!name) return undefined;
    return (readString(this.#pages, name) ?? this.#nameInScope(name)) || undefined;
  }

  #findConstructor(prototype: number): number | undefined {
    const map = this.#mapOf(prototype);
    const words = map?.readUInt8(mapFields.instanceWords);
    if (map === undefined || !words) return undefined;
    const found =
      this.#searchFields(prototype + fieldsOffset, words - fieldsOffset / 8, prototype) ??
      this.#searchDescriptors(map, prototype);
    if (found !== undefined) return found;
    const properties = this.#pointer(prototype + propertiesOffset);
    const length = properties && this.#pages.read(properties + 12, 4)?.readUInt32LE(0);
    // A property array keeps its hash above its length of 10 bits; a dictionary is as long as it says.
    if (!properties || !length) return undefined;
    return this.#searchFields(properties + arrayElements, Math.min(length, maxFields), prototype);
  }

  /** What a class defines is constant, and kept in the descriptors: key, details, value of each. */
  #searchDescriptors(map: Buffer, prototype: number): number | undefined {
    const descriptors = untagged(readAddress(map, mapFields.descriptors));
    const count = (map.readUInt32LE(mapFields.bitField3) >>> ownDescriptorsShift) & ownDescriptorsMask;
    if (descriptors === undefined) return undefined;
    return this.#searchFields(descriptors + this.#offsets.descriptors + 16, count, prototype, descriptorBytes);
  }

  #searchFields(from: number, count: number, prototype: number, stepBytes = 8): number | undefined {
    for (let index = 0; index < count && this.#looksLeft > 0; index++) {
      this.#looksLeft--;
      const candidate = this.#pointer(from + index * stepBytes);
      if (candidate !== undefined && this.#constructs(candidate, prototype)) return candidate;
    }
    return undefined;
  }

  #constructs(candidate: number, prototype: number): boolean {
    const map = this.#mapOf(candidate);
    if (map === undefined || (map.readUInt8(mapFields.bitField) & hasPrototypeSlotBit) === 0) return false;
    const target = this.#pointer(candidate + this.#offsets.prototypeOrInitialMap);
    if (target === undefined || target === prototype) return target === prototype;
    return this.#pages.readWord(target + mapFields.prototype) === prototype + 1;
  }

  /** The first string behind the names of the locals: the function's own name, or the one inferred for it. */
  #nameInScope(scope: number): string | undefined {
    const locals = this.#pages.read(scope + scopeLocalCount + 4, 4)?.readUInt32LE(0) ?? 0;
    let namesLeft = locals < maxScopeLocals ? locals : 1;
    const words = Math.min(namesLeft + locals + scopeTailWords, maxScopeWords);
    for (let index = 0; index < words; index++) {
      const pointer = this.#pointer(scope + scopeNames + index * 8);
      if (pointer === undefined) continue;
      const text = namesLeft-- > 0 ? undefined : readString(this.#pages, pointer);
      if (text) return text;
    }
    return undefined;
  }

  #mapOf(address: number): Buffer | undefined {
    const map = this.#pointer(address);
    return map === undefined ? undefined : this.#pages.read(map, mapFields.bytes);
  }

  #pointer(address: number): number | undefined {
    const word = this.#pages.readWord(address);
    return word === undefined ? undefined : untagged(word);
  }
}
