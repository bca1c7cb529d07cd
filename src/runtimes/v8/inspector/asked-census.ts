import type { Census, TypeCount } from '../../../model/census.ts';
import { ReadFailure } from '../../../model/failure.ts';
import type { ProcessRef } from '../../../model/target.ts';
import { byCount } from '../../type-order.ts';
import { withInspector } from './opened-inspector.ts';

const mostTypes = 10_000;
const mostNameLength = 256;

/**
 * Counts objects by the constructor of their prototype. A proxy's traps and an object's getters are the program's own code:
 * no proxy is asked, and only data properties are looked at.
 */
const histogram = `function (objects) {
  const { isProxy } = this;
  const counts = new Map();
  for (let i = 0; i < objects.length; i++) {
    const prototype = Object.getPrototypeOf(objects[i]);
    counts.set(prototype, (counts.get(prototype) ?? 0) + 1);
  }
  const dataOf = (owner, key) => Object.getOwnPropertyDescriptor(owner, key)?.value;
  const nameOf = (prototype) => {
    for (let at = prototype, depth = 0; at !== null && depth < 100; at = Object.getPrototypeOf(at), depth++) {
      if (isProxy(at)) break;
      const maker = dataOf(at, 'constructor');
      if (typeof maker !== 'function' || isProxy(maker)) continue;
      const name = dataOf(maker, 'name');
      if (typeof name === 'string' && name !== '') return name.slice(0, ${mostNameLength});
    }
    return 'Object';
  };
  const rows = new Map();
  for (const [prototype, count] of counts) {
    const name = rows.size < ${mostTypes} ? nameOf(prototype) : '(other)';
    rows.set(name, (rows.get(name) ?? 0) + count);
  }
  return [...rows];
}`;

/**
 * Has a Node.js collect garbage and count its objects, which stops it meanwhile. Objects without Object.prototype, strings
 * and numbers are not counted; sizes are not told, so bytes are NaN. Only where the user has opted in. Rejects with `ReadFailure`.
 */
export async function askCensus(process: ProcessRef): Promise<Census> {
  const takenAtSeconds = Date.now() / 1000;
  const began = performance.now();
  const answer = await withInspector(process, async (node) => {
    const objects = await node.queryObjects(await node.handleOf('Object.prototype'));
    return node.run(histogram, objects);
  });
  const types = parseRows(answer);
  return {
    takenAtSeconds,
    durationSeconds: (performance.now() - began) / 1000,
    objects: types.reduce((sum, row) => sum + row.count, 0),
    bytes: Number.NaN,
    types,
    quality: { skippedRatio: 0, scannedBytes: Number.NaN },
    spaceUsedBytes: {},
    spaceCommittedBytes: {},
  };
}

function parseRows(answer: unknown): TypeCount[] {
  if (!Array.isArray(answer) || answer.length > mostTypes + 1) throw wrongAnswer();
  const types = answer.map((row: unknown): TypeCount => {
    const [type, count] = Array.isArray(row) ? (row as unknown[]) : [];
    if (typeof type !== 'string' || !Number.isSafeInteger(count)) throw wrongAnswer();
    return { type: type.slice(0, mostNameLength), count: count as number, bytes: Number.NaN };
  });
  return types.sort(byCount);
}

function wrongAnswer(): ReadFailure {
  return new ReadFailure('unreadable', 'this Node.js answers with something else than counts of its objects');
}
