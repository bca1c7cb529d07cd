import { statSync } from 'node:fs';

/** What changes when a file is written, replaced or removed, or a link on its way leads elsewhere, as in Kubernetes' mounts. */
export function fileStatus(path: string): string {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path);
    return [dev, ino, size, mtimeMs, ctimeMs].join(' ');
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
