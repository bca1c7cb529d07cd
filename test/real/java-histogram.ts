import type { TypeCount } from '../../src/model/census.ts';
import type { Program } from './program.ts';

/** Objects and bytes by class. */
export type Histogram = ReadonlyMap<string, { readonly count: number; readonly bytes: number }>;

const primitives: Readonly<Record<string, string>> = {
  ...{ '[Z': 'boolean', '[B': 'byte', '[C': 'char', '[D': 'double' },
  ...{ '[F': 'float', '[I': 'int', '[J': 'long', '[S': 'short' },
};

/** What GC.class_histogram -all says, by the names that we use, of a JvmCensus. */
export async function histogramOf(program: Program): Promise<Histogram> {
  const rows = await program.ask<[string, number, number][]>('histogram');
  return sum(rows.map(([name, count, bytes]) => ({ type: ourName(name), count, bytes })));
}

/** What `jcmd <pid> GC.class_histogram` prints, by the names that we use; from 11 on it adds each class's module. */
export function histogramOfText(text: string): Histogram {
  const rows = [...text.matchAll(/^ *\d+: +(\d+) +(\d+) +(\S+)/gm)];
  return sum(
    rows.map(([, count, bytes, name]) => ({ type: ourName(name!), count: Number(count), bytes: Number(bytes) })),
  );
}

/** A census's counts, in the same form. */
export function histogramOfCensus({ types }: { readonly types: readonly TypeCount[] }): Histogram {
  return sum(types);
}

/** How many objects of each class the first has more than the second, or fewer; without what only fills gaps. */
export function differences(one: Histogram, other: Histogram): Record<string, number> {
  const types = [...new Set([...one.keys(), ...other.keys()])].filter((type) => !/\.Filler(Object|Element)/.test(type));
  const rows = types.map((type) => [type, (one.get(type)?.count ?? 0) - (other.get(type)?.count ?? 0)] as const);
  return Object.fromEntries(rows.filter(([, difference]) => difference !== 0));
}

function sum(rows: readonly TypeCount[]): Histogram {
  const found = new Map<string, { count: number; bytes: number }>();
  for (const { type, count, bytes } of rows) {
    const row = found.get(type) ?? { count: 0, bytes: 0 };
    found.set(type, { count: row.count + count, bytes: row.bytes + bytes });
  }
  return found;
}

/** `[[Lshop.Order;` is `shop.Order[][]`; what the JVM numbers loses its number: `A$$Lambda$7/0x1f`, `$Proxy3`, `A/0x1f`. */
function ourName(name: string): string {
  if (name.startsWith('[')) {
    const primitive = primitives[name];
    if (primitive !== undefined) return `${primitive}[]`;
    return name.startsWith('[L') ? `${ourName(name.slice(2, -1))}[]` : `${ourName(name.slice(1))}[]`;
  }
  const [unhidden = ''] = name.split(/[/+](?=0x|\d)/);
  return unhidden.replace(/(?<=Lambda)\$\d+$/, '').replace(/(?<=\$Proxy)\d+$/, '');
}
