import { posix } from 'node:path';
import { javaMain } from './java-main.ts';
import { nodeScript } from './node-script.ts';

/**
 * Names a process by its executable and, for Python, Node.js and Java, the script, module, class or jar that it runs:
 * `python3.11 worker.py`. Nothing else of a command line is shown, as it may hold secrets.
 */
export function programName(executable: string, commandLine: readonly string[]): string {
  const script = scriptOf(executable, commandLine);
  return script === undefined ? executable : `${executable} ${script}`;
}

function scriptOf(executable: string, commandLine: readonly string[]): string | undefined {
  if (/^python/i.test(executable)) return pythonScript(commandLine);
  if (executable === 'java') return javaMain(commandLine);
  if (!/^node(?:js)?[\d.]*$/.test(executable)) return undefined;
  // `node .` runs the package in its folder.
  const name = posix.basename(nodeScript(commandLine) ?? '');
  return name === '.' || name === '..' ? undefined : name || undefined;
}

/** See python(1): the first argument that is no option, or what follows `-m`; none for `-c`, `-` and a prompt. */
function pythonScript(commandLine: readonly string[]): string | undefined {
  for (let index = 1; index < commandLine.length; index++) {
    const argument = commandLine[index]!;
    if (argument === '-') return undefined;
    if (!argument.startsWith('-')) return posix.basename(argument) || undefined;
    if (argument === '--check-hash-based-pycs') index++;
    if (argument.startsWith('--')) continue;
    const letter = /[cmWX]/.exec(argument);
    if (letter === null) continue;
    const rest = argument.slice(letter.index + 1);
    if (letter[0] === 'c') return undefined;
    if (letter[0] === 'm') return rest || commandLine[index + 1] || undefined;
    // -W and -X take the next argument when nothing follows them in the same word.
    if (rest === '') index++;
  }
  return undefined;
}
