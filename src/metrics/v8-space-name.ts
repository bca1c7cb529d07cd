/** V8's own name of a heap space, without its end `_space`: our `new_large` is its `new_large_object_space`. */
export function v8SpaceName(space: string): string {
  return space.replace(/large$/, 'large_object');
}
