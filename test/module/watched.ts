import { allNodes, lineOf, nodes } from '../real/nodes.ts';

/** Where the built module is, for programs that other versions of Node.js run. */
export const moduleUrl = new URL('../../dist/index.js', import.meta.url).href;
export const commonJsPath = new URL('../../dist/index.cjs', import.meta.url).pathname;

/** Versions that may import the module: it needs Node.js 20, the exporter's reach is wider. */
export const ownNodes = nodes.filter((node) => Number(lineOf(node)) >= 20);
/** The oldest that may: it cannot `require` an ES module. */
export const oldestNode = allNodes.find((node) => Number(lineOf(node)) >= 20)!;
