// V8's heap snapshot: JSON, its own `snapshot.meta` says what the numbers in `nodes` are.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Program } from './program.ts';

interface Snapshot {
  readonly snapshot: { readonly meta: { readonly node_fields: string[]; readonly node_types: [string[]] } };
  readonly nodes: number[];
  readonly strings: string[];
}

interface Sum {
  count: number;
  bytes: number;
}

/**
 * What only V8 uses: a snapshot says by who refers to an array whether it is code's, a shape's or somebody else's; a walk of
 * the heap by what it is. In sum both say the same.
 */
const internals = '(array) + (code) + (object shape) + (system)';
const internalTypes = ['array', 'code', 'object shape', 'hidden'];

/** Lets the program write a snapshot, and sums it by the names that heapwatch has for types. */
export async function readSnapshotTypes(program: Program): Promise<Map<string, Sum>> {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-snapshot-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'snapshot');
  await program.ask(`snapshot ${path}`);
  return sumTypes(JSON.parse(readFileSync(path, 'utf8')));
}

function sumTypes({ snapshot, nodes, strings }: Snapshot): Map<string, Sum> {
  const { node_fields: fields, node_types } = snapshot.meta;
  const [type, name, size] = ['type', 'name', 'self_size'].map((field) => fields.indexOf(field)) as [
    number,
    number,
    number,
  ];
  const sums = new Map<string, Sum>();
  for (let at = 0; at < nodes.length; at += fields.length) {
    const key = typeName(node_types[0][nodes[at + type]!]!, strings[nodes[at + name]!]!);
    if (key === undefined) continue;
    const sum = sums.get(key) ?? { count: 0, bytes: 0 };
    sum.count++;
    sum.bytes += nodes[at + size]!;
    sums.set(key, sum);
  }
  return sums;
}

/** Undefined for what is outside the heap. */
function typeName(type: string, name: string): string | undefined {
  if (name === 'private symbol') return '(symbol)';
  if (internalTypes.includes(type)) return internals;
  if (type === 'native' || type === 'synthetic') return undefined;
  if (type === 'regexp') return 'RegExp';
  if (type !== 'object') return `(${type})`;
  return name === 'system / Context' ? '(context)' : name;
}
