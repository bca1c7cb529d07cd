import { posix } from 'node:path';

/** Options of the launchers of JDK 8 to 27 whose value is the next word: LauncherHelper and java.c of their sources. */
const WITH_VALUE = new Set(
  (
    '-cp -classpath --class-path -p --module-path --upgrade-module-path --add-modules --limit-modules --add-exports ' +
    '--add-opens --add-reads --patch-module --enable-native-access --source -d --describe-module'
  ).split(' '),
);

/** See java(1): the jar, the module's main class or name, the source file, or the class that the launcher runs. */
export function javaMain(commandLine: readonly string[]): string | undefined {
  let isFile = false;
  for (let index = 1; index < commandLine.length; index++) {
    const word = commandLine[index]!;
    const next = commandLine[index + 1] ?? '';
    // The file may name the class, and what follows is the program's then.
    if (word.startsWith('@')) return undefined;
    if (word === '-m' || word === '--module') return posix.basename(next) || undefined;
    if (word.startsWith('--module=')) return posix.basename(word.slice('--module='.length)) || undefined;
    // More options may follow it: the jar is the first word that is none.
    if (word === '-jar') isFile = true;
    else if (WITH_VALUE.has(word)) index++;
    else if (!word.startsWith('-')) return isFile || word.endsWith('.java') ? posix.basename(word) || undefined : word;
  }
  return undefined;
}
