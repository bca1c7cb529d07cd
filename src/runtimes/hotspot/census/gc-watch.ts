import type { AbortFlag } from '../../../model/census.ts';
import { ReadFailure } from '../../../model/failure.ts';
import { checkAbort } from '../../abort.ts';
import type { PerfData } from '../perf-data/perf-data-source.ts';
import type { VmMemory } from '../vm-memory.ts';

/** Full collections of the largest heaps take minutes; whoever waits that long takes the next census's turn. */
const longestWaitMs = 3000;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** How many collections have begun; what is not told is 0. */
export interface GcCounts {
  /** Changes with each collection of any kind, and with each pause of a concurrent one. */
  readonly begun: string;
  /** Those that move everything. */
  readonly full: number;
  /** Pauses of concurrent cycles, in which objects are found to be dead. */
  readonly concurrent: number;
}

/** Tells which collections came between two looks at a heap. */
export class GcWatch {
  readonly #vm: VmMemory;
  readonly #data: PerfData | undefined;
  readonly #concurrently: boolean;
  readonly #total: number;
  readonly #active: number;

  /**
   * `heap` is the address of the CollectedHeap. Without `data` full collections are not told from others, and of those that
   * move objects `concurrently` nothing is known. Throws `unsupported` then.
   */
  constructor(vm: VmMemory, heap: number, data: PerfData | undefined, concurrently: boolean) {
    if (concurrently && data === undefined) {
      throw new ReadFailure(
        'unsupported',
        'a census of a heap whose objects move while the program runs needs to know when: start the JVM without ' +
          '-XX:-UsePerfData',
      );
    }
    this.#vm = vm;
    this.#data = data;
    this.#concurrently = concurrently;
    this.#total = heap + vm.at('CollectedHeap::_total_collections');
    this.#active = heap + vm.at('CollectedHeap::_is_stw_gc_active', 'CollectedHeap::_is_gc_active');
  }

  /** Whether full collections and concurrent cycles are told. */
  get tellsKinds(): boolean {
    return this.#data !== undefined;
  }

  counts(): GcCounts {
    this.#data?.read();
    const [young, full, concurrent] = [0, 1, 2].map(
      (index) => this.#data?.number(`sun.gc.collector.${index}.invocations`) ?? 0,
    );
    return { begun: [this.#vm.int(this.#total), young, full, concurrent].join(), full: full!, concurrent: concurrent! };
  }

  /** Whether a collection is under way that may move objects. */
  isActive(): boolean {
    if (this.#vm.bytes(this.#active, 1)[0] !== 0) return true;
    if (!this.#concurrently) return false;
    this.#data?.read();
    return this.#data?.text('sun.gc.cause') !== 'No GC';
  }

  /** Answers at each call whether no collection was under way since the one before, or since now. */
  stillness(): () => boolean {
    // In this order: a collection that begins in between is seen.
    const look = () => ({ begun: this.counts().begun, isActive: this.isActive() });
    let last = look();
    return () => {
      const before = last;
      last = look();
      return !before.isActive && before.begun === last.begun;
    };
  }

  /** Waits until no collection is under way. Throws `busy` after 3 s. */
  waitUntilIdle(abort: AbortFlag): void {
    const deadline = performance.now() + longestWaitMs;
    while (this.isActive()) {
      if (performance.now() > deadline) {
        throw new ReadFailure(
          'busy',
          'this JVM has been in a garbage collection for 3 s, or was stopped in one; try again',
        );
      }
      Atomics.wait(sleeper, 0, 0, 1); // a millisecond
      checkAbort(abort);
    }
  }
}
