export type { Census, TypeCount } from './model/census.ts';
export type { TargetSnapshot } from './model/snapshot.ts';
export { type FastifyHeapwatchOptions, fastifyHeapwatch } from './module/fastify-plugin.ts';
export type { CensusOptions, HeapWatchOptions } from './module/options.ts';
export { type HeapWatch, watchHeap } from './module/watch-heap.ts';
