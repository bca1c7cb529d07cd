import type { ProcessMemory } from '../../../memory/process-memory.ts';
import type { AbortFlag } from '../../../model/census.ts';
import { checkAbort } from '../../abort.ts';
import type { AttachedNode } from '../attach.ts';
import type { AllocationAreas } from './allocation-areas.ts';
import { countCollections } from './collections.ts';
import { type HeapPage, pageBytes } from './pages.ts';
import { pause } from './pause.ts';
import type { PageWalk } from './walk.ts';
import { isInUse } from './young-pages.ts';

const markBytes = pageBytes / 64;
/** States of a page after a collection. Two more say that a sweeper is at it, which takes some 0.1 ms. */
const swept = 0;
const toBeSwept = 1;
/** For all pages: of what a busy process does to them, and where there is no processor for the sweeper. In ms. */
const mostWaits = 500;
/** How often the process may begin to allocate elsewhere while one page is read. */
const mostAreas = 4;
/** Of an object that has a page to itself, what tells its size. */
const largeHeadBytes = 4096;
/** A walk that has lost its way more often than this, of all it has looked at, is given up. */
const mostLostRatio = 0.05;
const fewLostBytes = 2 ** 18;

/** What is read lies here, for one census after the other. */
const bytes = new Uint8Array(pageBytes);
const words = new Int32Array(bytes.buffer);
const marks = new Int32Array(markBytes / 4);

/** Reads pages one after the other into one buffer, and lets a walk count what is in them. */
export class PageScan {
  readonly #node: AttachedNode;
  readonly #memory: ProcessMemory;
  readonly #walk: PageWalk;
  readonly #areas: AllocationAreas;
  readonly #abort: AbortFlag;
  #waitsLeft = mostWaits;
  /** Whether a collection was seen at work. */
  hasMetCollection = false;
  /** Of pages' areas. */
  scannedBytes = 0;

  constructor(input: {
    node: AttachedNode;
    walk: PageWalk;
    areas: AllocationAreas;
    abort: AbortFlag;
  }) {
    this.#node = input.node;
    this.#memory = input.node.memory;
    this.#walk = input.walk;
    this.#areas = input.areas;
    this.#abort = input.abort;
  }

  /**
   * Counts what is on old pages. Ends before the last one when what it reads makes no sense, see `isLost`, or when it does
   * not go on, which is asked before each page. Throws `busy` when it shall stop.
   */
  scan(pages: readonly HeapPage[], goesOn = () => true): void {
    for (const page of pages) {
      checkAbort(this.#abort);
      if (this.isLost || !goesOn()) return;
      if (page.isLarge) this.#scanLarge(page, false);
      else if (page.generation === 'shared') this.#scanShared(page);
      else this.#scanOld(page);
    }
  }

  /** Counts what is on young pages up to their `ends`; answers how many bytes of them were still in use. */
  scanYoung(ends: ReadonlyMap<HeapPage, number>): number {
    let seenBytes = 0;
    for (const [page, end] of ends) {
      checkAbort(this.#abort);
      if (page.isLarge ? this.#scanLarge(page, true) : this.#scanYoungPage(page, end)) seenBytes += end - page.start;
    }
    return seenBytes;
  }

  /** Whether so much could not be understood that there is nothing to say. */
  get isLost(): boolean {
    return this.#walk.lostBytes > fewLostBytes + this.scannedBytes * mostLostRatio;
  }

  #scanLarge(page: HeapPage, isYoung: boolean): boolean {
    const area = page.end - page.start;
    this.#memory.read(page.start, bytes, 0, Math.min(area, largeHeadBytes));
    if (isYoung && !isInUse(this.#memory, page)) return false;
    this.scannedBytes += isYoung ? 0 : area;
    this.#walk.countLarge(words, page.start, 0, area / 4, isYoung);
    return true;
  }

  /**
   * While the process allocates, a page may be collected at any moment: what is not understood there says nothing of how
   * well the heap was read.
   */
  #scanYoungPage(page: HeapPage, end: number): boolean {
    this.#memory.read(page.start, bytes, 0, end - page.start);
    if (!isInUse(this.#memory, page)) return false;
    const lostBefore = this.#walk.lostBytes;
    this.#walk.walk(words, page.start, 0, (end - page.start) / 4, true);
    this.#walk.lostBytes = lostBefore;
    return true;
  }

  /**
   * A page is read between two collections, which put objects where nothing was: what they leave open is a gap without
   * objects, and what lay there looks like some.
   */
  #scanOld(page: HeapPage): void {
    for (;;) {
      const mayWait = this.#waitsLeft > 0;
      const count = countCollections(this.#node, page.heap);
      if (count === undefined) this.hasMetCollection = true;
      const state = this.#sweepState(page);
      const walk = count === undefined && mayWait ? undefined : this.#readOld(page, state);
      const isSame = this.#sweepState(page) === state;
      const isQuiet = count !== undefined && countCollections(this.#node, page.heap) === count;
      if (walk !== undefined && isSame && (isQuiet || !mayWait)) {
        this.scannedBytes += page.end - page.start;
        walk();
        return;
      }
      if (!mayWait) break;
      this.#waitsLeft--;
      if (walk === undefined) pause(1);
    }
    // It is being swept all the time: there is nothing to go by.
    this.scannedBytes += page.end - page.start;
    this.#walk.lostBytes += page.end - page.start;
  }

  /** A page that no heap will ever collect. */
  #scanShared(page: HeapPage): void {
    const walk = this.#readSwept(page);
    this.scannedBytes += page.end - page.start;
    walk();
  }

  /** Undefined while a sweeper is at it. */
  #readOld(page: HeapPage, state: number): (() => void) | undefined {
    if (state === swept) return this.#readSwept(page);
    return state === toBeSwept ? this.#readMarked(page) : undefined;
  }

  /** Reads a page whose free memory is marked as such; answers how to count what is on it. */
  #readSwept(page: HeapPage): () => void {
    let area = this.#areas.read(page);
    for (let look = 0; look < mostAreas; look++) {
      this.#memory.read(page.start, bytes, 0, page.end - page.start);
      const after = this.#areas.read(page);
      const isSame = area?.[1] === after?.[1];
      if (isSame) break;
      area = after;
    }
    const end = (page.end - page.start) / 4;
    const [top = end, limit = end] = area?.map((address) => (address - page.start) / 4) ?? [];
    return () => {
      this.#walk.walk(words, page.start, 0, top, false);
      this.#walk.walk(words, page.start, limit, end, false);
    };
  }

  /** As `readSwept`, of a page where the living objects are marked. */
  #readMarked(page: HeapPage): () => void {
    this.#memory.read(page.markBits, new Uint8Array(marks.buffer), 0, markBytes);
    this.#memory.read(page.start, bytes, 0, page.end - page.start);
    const first = (page.start - page.address) / 4;
    return () => this.#walk.walkMarked(words, page.start, (page.end - page.start) / 4, marks, first);
  }

  #sweepState(page: HeapPage): number {
    return (this.#memory.readWord(page.sweepState) ?? 0) % 2 ** 32;
  }
}
