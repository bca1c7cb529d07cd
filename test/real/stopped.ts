import { readFileSync } from 'node:fs';
import { until } from './until.ts';

/** Sends SIGSTOP, and waits until no thread runs any more. */
export async function stop(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await until('the process to stand still', 10_000, () => statusOf(pid).State?.startsWith('T'));
}

/** What /proc/<pid>/status says, by its keys. */
export function statusOf(pid: number): Record<string, string> {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Object.fromEntries([...text.matchAll(/^(\w+):\s+(.*)$/gm)].map(([, name, value]) => [name!, value!]));
}
