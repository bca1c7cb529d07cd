import { test } from 'vitest';

/**
 * A test that needs a tool: where the tool is not there it is skipped by name and reason, but in CI, where everything
 * has to be there, it fails.
 */
export function testNeeding(what: string, present: boolean): (name: string, run: () => Promise<void> | void) => void {
  const reason = `${what} is not on this machine`;
  return (name, run) => {
    if (present) return test(name, run);
    if (!process.env.CI) return test.skip(`${name} (${reason})`, run);
    test(name, () => {
      throw new Error(reason);
    });
  };
}
