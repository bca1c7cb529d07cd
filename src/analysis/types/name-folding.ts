import type { TypeCount } from '../../model/census.ts';
import { mergeRows } from './type-rows.ts';

/** What programs that make classes at run time put into their names: addresses, UUIDs, hashes, counters. */
const MADE_UP = /0x[\da-f]+|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|(?=[a-f]*\d)[\da-f]{8,}|\d+/gi;

/** Honest families are smaller: int8 to int64, Vector2 to Vector4, a version's twenty table classes. */
const MANY_NAMES = 20;

/** A family that was folded stays so until it is clearly small: its rows shall not come and go. */
const FEW_NAMES = 10;

export interface FoldedTypes {
  readonly types: readonly TypeCount[];
  /** The forms that stand for many names, e.g. `Foo_*`. */
  readonly forms: ReadonlySet<string>;
}

/** A name's form: `Order_17` and `Order_18` are both `Order_*`. */
export function formOf(name: string): string {
  return /\d/.test(name) ? name.replace(MADE_UP, '*') : name;
}

/**
 * Sums types whose names differ only in made-up parts, when there are more than 20 of such a form: a process that makes
 * classes without end must not make series without end. `foldedBefore` are the forms of the census before.
 */
export function foldNames(types: readonly TypeCount[], foldedBefore: ReadonlySet<string>): FoldedTypes {
  const sizes = new Map<string, number>();
  const formByName = new Map<string, string>();
  for (const { type } of types) {
    const form = formOf(type);
    if (form === type) continue;
    formByName.set(type, form);
    sizes.set(form, (sizes.get(form) ?? 0) + 1);
  }
  const forms = new Set<string>();
  for (const [form, size] of sizes) {
    if (size > (foldedBefore.has(form) ? FEW_NAMES : MANY_NAMES)) forms.add(form);
  }
  if (forms.size === 0) return { types, forms };
  const folded = mergeRows(types, (name) => {
    const form = formByName.get(name);
    return form !== undefined && forms.has(form) ? form : name;
  });
  return { types: folded, forms };
}
