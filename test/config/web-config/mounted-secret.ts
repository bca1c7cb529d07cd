import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder as kubelet mounts a Secret; it goes with the test. */
export interface MountedSecret {
  readonly folder: string;
  /** What kubelet does when the Secret has these contents, by name, from now on. */
  update(contents: Readonly<Record<string, string>>): void;
}

/**
 * Writes as AtomicWriter.Write of Kubernetes' pkg/volume/util/atomic_writer.go: each name is a link by way of `..data`,
 * itself a link to a folder with the contents, which is replaced in one step. No file is ever written twice.
 */
export function mountSecret(): MountedSecret {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-secret-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const inside = (name: string) => join(folder, name);
  return {
    folder,
    update(contents) {
      const former = existsSync(inside('..data')) ? readlinkSync(inside('..data')) : undefined;
      const written = mkdtempSync(inside('..2026_11_23_04_05_06.'));
      for (const [name, content] of Object.entries(contents)) writeFileSync(join(written, name), content);
      const links = readdirSync(folder).filter((name) => !name.startsWith('..'));
      for (const name of Object.keys(contents).filter((name) => !links.includes(name))) {
        symlinkSync(join('..data', name), inside(name));
      }
      symlinkSync(basename(written), inside('..data_tmp'));
      renameSync(inside('..data_tmp'), inside('..data'));
      for (const name of links.filter((name) => !(name in contents))) rmSync(inside(name));
      if (former !== undefined) rmSync(inside(former), { recursive: true });
    },
  };
}
