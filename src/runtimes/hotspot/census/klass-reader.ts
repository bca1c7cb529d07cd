// Classes as HotSpot keeps them: Klass, oops/klass.hpp, whose layout helper tells how large its objects are, and Symbol,
// oops/symbol.hpp, of OpenJDK 8 to 27.
import { readAddress } from '../../../memory/address.ts';
import { PageCache } from '../../../memory/page-cache.ts';
import type { VmMemory } from '../vm-memory.ts';
import { javaName } from './class-names.ts';

/** What a census needs of a class. */
export interface KlassFacts {
  readonly name: string;
  readonly shape: KlassShape;
}

/** How large its objects are. */
export type KlassShape =
  | { readonly kind: 'instance'; readonly bytes: number }
  /** Header, then the elements. */
  | { readonly kind: 'array'; readonly headerBytes: number; readonly elementBytes: number }
  /** java.lang.Class: each object holds a class's static fields too, and its own size in words. */
  | { readonly kind: 'mirror'; readonly sizeOffset: number };

/** A class's fields are at most 65,535, of at most 8 bytes. */
const maxInstanceBytes = 2 ** 20;
/** It is 40 to 120: the size follows the fields that java.lang.Class declares. */
const maxMirrorOffset = 512;
/** A name is for people; what is longer is cut. */
const maxNameBytes = 256;
const objectArrayTag = -2; // Klass::_lh_array_tag_obj_value
const typeArrayTag = -1; // Klass::_lh_array_tag_type_value

export class KlassReader {
  readonly #pages: PageCache;
  readonly #klassBytes: number;
  readonly #layoutHelper: number;
  readonly #name: number;
  readonly #superCheckOffset: number;
  readonly #secondaryCache: number;
  readonly #primarySupers: number;
  readonly #symbolLength: number;
  readonly #symbolBody: number;
  readonly #mirrorSizeOffset: number;

  constructor(vm: VmMemory) {
    this.#pages = new PageCache(vm.memory);
    this.#klassBytes = Math.min(vm.bytesOf('Klass'), 1024);
    this.#layoutHelper = vm.at('Klass::_layout_helper');
    this.#name = vm.at('Klass::_name');
    this.#superCheckOffset = vm.at('Klass::_super_check_offset');
    this.#secondaryCache = vm.at('Klass::_secondary_super_cache');
    this.#primarySupers = vm.at('Klass::_primary_supers[0]');
    this.#symbolLength = vm.at('Symbol::_length');
    this.#symbolBody = vm.at('Symbol::_body', 'Symbol::_body[0]');
    this.#mirrorSizeOffset = vm.int(vm.at('java_lang_Class::_oop_size_offset'));
  }

  /** Undefined when there is no class at the address, or none any more: memory of unloaded classes is used again. */
  read(address: number): KlassFacts | undefined {
    if (address === 0 || address % 8 !== 0) return undefined;
    const klass = this.#pages.read(address, this.#klassBytes);
    if (klass === undefined || !this.#isItsOwnSuper(address, klass)) return undefined;
    const symbol = this.#symbol(readAddress(klass, this.#name));
    if (symbol === undefined) return undefined;
    const shape = this.#shape(klass.readInt32LE(this.#layoutHelper), symbol);
    return shape && { name: javaName(symbol), shape };
  }

  /**
   * Each class heads or ends its own list of supers, at the place where subtype checks look for it; those that are too deep
   * for the list, and arrays of interfaces, are looked for elsewhere, and have at least Object there.
   */
  #isItsOwnSuper(address: number, klass: Buffer): boolean {
    const place = klass.readUInt32LE(this.#superCheckOffset);
    if (place === this.#secondaryCache) return readAddress(klass, this.#primarySupers) !== 0;
    const last = this.#primarySupers + 7 * 8; // Klass::_primary_super_limit is 8
    return place >= this.#primarySupers && place <= last && place % 8 === 0 && readAddress(klass, place) === address;
  }

  #shape(layoutHelper: number, symbol: string): KlassShape | undefined {
    if (layoutHelper > 0) {
      const bytes = layoutHelper - (layoutHelper % 8); // the lowest bit says that allocation is not simple
      if (symbol.startsWith('[') || bytes < 8 || bytes > maxInstanceBytes) return undefined;
      if (symbol === 'java/lang/Class') return this.#mirror();
      return { kind: 'instance', bytes };
    }
    const tag = layoutHelper >> 30;
    const headerBytes = (layoutHelper >> 16) & 0xff;
    const elementBytes = 2 ** (layoutHelper & 0x3f);
    if (!symbol.startsWith('[') || (tag !== objectArrayTag && tag !== typeArrayTag)) return undefined;
    if (headerBytes < 12 || headerBytes > 32 || elementBytes > 8) return undefined;
    return { kind: 'array', headerBytes, elementBytes };
  }

  #mirror(): KlassShape | undefined {
    const sizeOffset = this.#mirrorSizeOffset;
    return sizeOffset % 4 === 0 && sizeOffset <= maxMirrorOffset ? { kind: 'mirror', sizeOffset } : undefined;
  }

  /** A name's text, cut to 256 bytes. */
  #symbol(address: number): string | undefined {
    const length = this.#pages.read(address + this.#symbolLength, 2)?.readUInt16LE(0) ?? 0;
    if (length === 0) return undefined;
    const text = this.#pages.read(address + this.#symbolBody, Math.min(length, maxNameBytes))?.toString('utf8');
    return length > maxNameBytes && text !== undefined ? `${text}…` : text;
  }
}
