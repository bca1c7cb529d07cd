import { readAddress } from '../../../memory/address.ts';
import type { PageCache } from '../../../memory/page-cache.ts';
import type { Constants } from '../constants.ts';
import { ConstructorNames } from './constructor-names.ts';
import { describeTypes, type InstanceType, proxyName } from './instance-types.ts';
import { isCallableBit, isPrototypeMapBit, mapFields } from './map-fields.ts';
import type { LengthRule } from './object-sizes.ts';
import { untagged } from './strings.ts';

/** What a census needs of a map, the first word of every object. */
export interface MapFacts {
  readonly role: InstanceType['role'];
  /** The type's name. */
  readonly name: string;
  /** In bytes: of every object, or how each tells its own; or what the next object has to tell. */
  readonly size: number | LengthRule | 'next' | 'next code';
}

/** The prototype of a class or function: one for each, and no instance of it. */
const prototypeName = '(prototype)';

/** Functions, bound ones, and classes: their code tells them apart, not their map. */
const closureName = '(closure)';

export class MapReader {
  readonly #pages: PageCache;
  readonly #describe: (type: number) => InstanceType;
  readonly #names: ConstructorNames;
  readonly #mapType: number;
  /** Addresses of the maps of maps: each is its own. */
  readonly #metaMaps = new Set<number>();

  constructor(pages: PageCache, constants: Constants) {
    this.#pages = pages;
    this.#describe = describeTypes(constants);
    this.#mapType = constants.number('type_Map__MAP_TYPE');
    this.#names = new ConstructorNames(pages, constants);
  }

  /** Undefined when there is no map at the address. `object` is one that has it. */
  read(address: number, object: number): MapFacts | undefined {
    const map = this.#pages.read(address, mapFields.bytes);
    if (map === undefined || !this.#isMetaMap(untagged(readAddress(map, 0)))) return undefined;
    const type = this.#describe(map.readUInt16LE(mapFields.instanceType));
    const bytes = map.readUInt8(mapFields.instanceWords) * 8;
    const size = type.size === 'fixed' ? bytes || 'next' : type.size;
    const isReceiver = type.role === 'receiver' || type.role === 'buffer';
    return { role: type.role, size, name: isReceiver ? this.#receiverName(map, object, type.name) : type.name };
  }

  #receiverName(map: Buffer, object: number, otherwise: string): string {
    if (otherwise !== proxyName && (map.readUInt8(mapFields.bitField) & isCallableBit) !== 0) return closureName;
    const isPrototype = (map.readUInt32LE(mapFields.bitField3) & isPrototypeMapBit) !== 0;
    if (isPrototype && this.#names.ownName(object) !== undefined) return prototypeName;
    return this.#names.nameByPrototype(untagged(readAddress(map, mapFields.prototype))) ?? otherwise;
  }

  #isMetaMap(address: number | undefined): boolean {
    if (address === undefined) return false;
    if (this.#metaMaps.has(address)) return true;
    const map = this.#pages.read(address, mapFields.bytes);
    const isMeta =
      map !== undefined &&
      readAddress(map, 0) === address + 1 &&
      map.readUInt16LE(mapFields.instanceType) === this.#mapType;
    if (isMeta) this.#metaMaps.add(address);
    return isMeta;
  }
}
