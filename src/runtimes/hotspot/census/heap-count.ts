import type { AbortFlag } from '../../../model/census.ts';
import { ReadFailure } from '../../../model/failure.ts';
import { checkAbort } from '../../abort.ts';
import type { HeapArea, HeapAreas } from '../heaps/heap-area.ts';
import type { AttachedVm } from './attached-vm.ts';
import { ClassTally } from './class-tally.ts';
import type { GcCounts, GcWatch } from './gc-watch.ts';
import { HeapWalk } from './heap-walk.ts';
import { KeptRegions, sampleOf } from './kept-regions.ts';
import { KlassReader } from './klass-reader.ts';
import { readObjectAlignment, readObjectHeader } from './object-header.ts';
import { type Gap, readTlabGaps } from './tlabs.ts';

/** After so much of the heap the collections are looked at. */
const pieceBytes = 16 * 2 ** 20;
/** A count of less is not kept, unless nothing follows it: the row of what is kept would become ever finer. */
const leastKeptBytes = 2 ** 19;
/** A young generation that is being emptied is nearly empty at the next attempt. */
const mostYoungAttempts = 20;

/** The heap as it was at one moment. */
interface Moment {
  readonly gc: GcCounts;
  readonly list: readonly HeapArea[];
  readonly gaps: readonly Gap[];
}

/** Counts the objects that a heap has at one moment. */
export class HeapCount {
  readonly tally: ClassTally;
  /** Bytes that were looked at, or were in an earlier census. */
  scannedBytes = 0;
  /** Bytes of the heap as it was: not understood, or moved before they could be read. */
  skippedBytes = 0;
  readonly #jvm: AttachedVm;
  readonly #areas: HeapAreas;
  readonly #watch: GcWatch;
  readonly #abort: AbortFlag;
  readonly #alignment: number;

  constructor(jvm: AttachedVm, areas: HeapAreas, watch: GcWatch, abort: AbortFlag) {
    this.#jvm = jvm;
    this.#areas = areas;
    this.#watch = watch;
    this.#abort = abort;
    this.#alignment = readObjectAlignment(jvm.flags);
    const classes = new KlassReader(jvm.vm);
    this.tally = new ClassTally(readObjectHeader(jvm.vm, jvm.flags), this.#alignment, (klass) => classes.read(klass));
  }

  /**
   * Counts all objects. The young areas come first, as their objects stay only until the next collection; what collections
   * bring to the old areas meanwhile lies beyond what these held at the beginning. False when collections did not allow it.
   */
  run(): boolean {
    const memory = this.#areas.memory ?? this.#jvm.vm.memory;
    const walk = new HeapWalk({ memory, tally: this.tally, alignment: this.#alignment, abort: this.#abort });
    for (let attempt = 0; attempt < mostYoungAttempts; attempt++) {
      checkAbort(this.#abort);
      this.#watch.waitUntilIdle(this.#abort);
      const moment = this.#lookAround();
      if (moment === undefined) continue;
      this.tally.reset();
      walk.begin(moment.gaps);
      if (this.#countYoung(walk, moment)) return this.#countOld(walk, moment);
    }
    return false;
  }

  /** Undefined when a collection came while we looked. */
  #lookAround(): Moment | undefined {
    const gc = this.#watch.counts();
    // The areas first: what begins below their tops afterwards does so in the threads' buffers.
    const list = this.#areas.list();
    const listedBytes = list.reduce((sum, area) => sum + area.top - area.start, 0);
    if (listedBytes > this.#jvm.readableBytes) {
      throw new ReadFailure(
        'unreadable',
        `this JVM says that its heap holds ${listedBytes} bytes, more than it has mapped`,
      );
    }
    const gaps = readTlabGaps(this.#jvm.vm, this.#jvm.flags, this.#areas.addressOf);
    return this.#watch.isActive() || this.#watch.counts().begun !== gc.begun ? undefined : { gc, list, gaps };
  }

  #countYoung(walk: HeapWalk, { gc, list }: Moment): boolean {
    let at = 0;
    for (const area of list.filter(({ young }) => young)) {
      at = Math.max(at, area.start); // an object may reach over several areas
      while (at < area.top) {
        at =
          area.alignment === undefined
            ? walk.walk(at, Math.min(area.top, at + pieceBytes))
            : oneObject(walk, at, area.alignment);
        if (this.#watch.counts().begun !== gc.begun) return false;
      }
    }
    return true;
  }

  #countOld(walk: HeapWalk, { gc, list }: Moment): boolean {
    const { vm, kept } = this.#jvm;
    const known = kept.regions?.reader(vm.memory, this.tally, gc);
    const keeps = this.#areas.objectsStay && this.#watch.tellsKinds;
    const regions = new KeptRegions(this.tally.classes, gc);
    const stoodStill = this.#watch.stillness();
    let at = 0;
    for (const area of list.filter(({ young }) => !young)) {
      at = Math.max(at, area.start);
      while (at < area.top) {
        const part = keeps ? known?.(at, area) : undefined;
        if (part !== undefined && (part.end === area.top || part.end - at >= leastKeptBytes)) {
          this.tally.add(part.counts);
          this.scannedBytes += part.end - at;
          regions.keep(at, part);
          at = part.end;
          continue;
        }
        this.tally.mark();
        const skippedBytes = walk.skippedBytes;
        const end = walk.walk(at, Math.min(area.top, at + pieceBytes));
        const sample = keeps ? sampleOf(vm.memory, at, end, area) : 0;
        const now = this.#watch.counts();
        if (now.full !== gc.full) return false;
        if (now.begun !== gc.begun && !this.#areas.stands(area)) {
          this.tally.undo();
          this.scannedBytes -= end - at;
          this.skippedBytes += area.top - at;
          break;
        }
        // An object that was not there yet when it was looked for, or that a collection moves just now, is there later.
        if (stoodStill() && keeps && walk.skippedBytes === skippedBytes) {
          regions.keep(at, { end, sample, counts: this.tally.part() });
        }
        at = end;
      }
    }
    this.scannedBytes += walk.walkedBytes - walk.skippedBytes;
    this.skippedBytes += walk.skippedBytes;
    if (keeps) kept.regions = regions;
    return true;
  }
}

/** Where objects are further apart than elsewhere, what lies between them is nothing. */
function oneObject(walk: HeapWalk, at: number, alignment: number): number {
  return Math.ceil(walk.walk(at, at + 1) / alignment) * alignment;
}
