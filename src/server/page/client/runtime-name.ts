const NAMES: Readonly<Record<string, string>> = { nodejs: 'Node.js', cpython: 'Python', jvm: 'Java' };

/** What people call a runtime. */
export function runtimeName(runtime: string): string {
  return NAMES[runtime] ?? runtime;
}

/** E.g. `Python 3.11.7`; without a version where none could be read yet. */
export function runtimeTitle({ runtime, version }: { readonly runtime: string; readonly version: string }): string {
  return `${runtimeName(runtime)} ${version}`.trim();
}
