/** Says on stderr every mistake in a command's arguments; answers the exit code for wrong usage. */
export function reportMistakes(command: string, mistakes: readonly string[]): 2 {
  const lines = mistakes.map((mistake) => `heapwatch ${command}: ${mistake}\n`);
  process.stderr.write(`${lines.join('')}Run heapwatch help for all flags.\n`);
  return 2;
}
