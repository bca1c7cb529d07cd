import { type FileHandle, open, rename, rm } from 'node:fs/promises';

/** Writes a file, readable by its owner only, as a whole or not at all; what was there before is replaced. */
export function writeWholeFile(path: string, text: string): Promise<void> {
  return fillWholeFile(path, (file) => file.writeFile(text));
}

/** As `writeWholeFile`, piece by piece; answers what `fill` does. */
export async function fillWholeFile<Result>(
  path: string,
  fill: (file: FileHandle) => Promise<Result>,
): Promise<Result> {
  const unfinished = `${path}.unfinished`;
  await rm(unfinished, { force: true });
  // `wx` follows no link that someone else has put there.
  const file = await open(unfinished, 'wx', 0o600);
  try {
    const result = await fill(file);
    await file.sync();
    await file.close();
    await rename(unfinished, path);
    return result;
  } catch (error) {
    await file.close().catch(() => {}); // the first error is the one to tell
    await rm(unfinished, { force: true }).catch(() => {});
    throw error;
  }
}
