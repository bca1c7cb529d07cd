import { createReadStream } from 'node:fs';
import { jsonLine } from './json-line.ts';
import { printable } from './printable-text.ts';
import { textLines } from './text-lines.ts';
import { createTraceVerdicts } from './trace-verdicts.ts';
import { reportMistakes } from './wrong-usage.ts';

/** A census of a thousand types with long names. */
const LONGEST_LINE = 1 << 20;

/** A file that is no trace at all shall not fill the terminal. */
const MOST_COMPLAINTS = 20;

/** `heapwatch replay`: the verdicts that recorded traces would have given. Answers the exit code. */
export async function replay(args: readonly string[]): Promise<number> {
  const mistakes = args
    .filter((arg) => arg.startsWith('-') && arg !== '-')
    .map((arg) => `${arg} is not a flag of this command`);
  if (args.length === 0) mistakes.push('a trace file is missing; - stands for stdin');
  if (mistakes.length > 0) return reportMistakes('replay', mistakes);
  let isClean = true;
  for (const path of args) {
    if (!(await replayOne(path, args.length > 1))) isClean = false;
  }
  return isClean ? 0 : 1;
}

/** False when there was anything to complain of. */
async function replayOne(path: string, withId: boolean): Promise<boolean> {
  const verdicts = createTraceVerdicts();
  let complaints = 0;
  const complain = (where: string, what: string) => {
    complaints++;
    if (complaints <= MOST_COMPLAINTS) process.stderr.write(`heapwatch replay: ${printable(`${where}: ${what}`)}\n`);
  };
  const name = path === '-' ? 'stdin' : path;
  try {
    const input = path === '-' ? process.stdin : createReadStream(path);
    for await (const { number, text } of textLines(input, LONGEST_LINE)) {
      if (text?.trim() === '') continue;
      try {
        if (text === undefined) throw new Error(`longer than ${LONGEST_LINE} characters`);
        const line = verdicts.add(text);
        if (line) await write(jsonLine(withId ? { id: verdicts.id, ...line } : line));
      } catch (error) {
        complain(`${name}:${number}`, (error as Error).message);
        if (verdicts.id === undefined) break;
      }
    }
  } catch (error) {
    complain(name, (error as Error).message);
  }
  if (complaints > MOST_COMPLAINTS) {
    process.stderr.write(`heapwatch replay: ${printable(name)}: ${complaints - MOST_COMPLAINTS} more bad lines\n`);
  }
  return complaints === 0;
}

/** Waits while the reader is slower than we are. */
function write(text: string): Promise<void> | undefined {
  if (process.stdout.write(text)) return undefined;
  return new Promise((resolve) => process.stdout.once('drain', resolve));
}
