// The types of index.ts for CommonJS: the build puts this file beside index.cjs.
import type * as heapwatch from './index.js' with { 'resolution-mode': 'import' };

export type * from './index.js' with { 'resolution-mode': 'import' };
export declare const watchHeap: typeof heapwatch.watchHeap;
export declare const fastifyHeapwatch: typeof heapwatch.fastifyHeapwatch;
