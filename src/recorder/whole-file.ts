import { open, rename, rm } from 'node:fs/promises';

/** Writes a file, readable by its owner only, as a whole or not at all; what was there before is replaced. */
export async function writeWholeFile(path: string, text: string): Promise<void> {
  const unfinished = `${path}.unfinished`;
  await rm(unfinished, { force: true });
  // `wx` follows no link that someone else has put there.
  const file = await open(unfinished, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
    await file.close();
    await rename(unfinished, path);
  } catch (error) {
    await file.close().catch(() => {}); // the first error is the one to tell
    await rm(unfinished, { force: true }).catch(() => {});
    throw error;
  }
}
