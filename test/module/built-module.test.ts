import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));

/** Every file that this one loads, and every package. */
function loadedBy(entry: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const follow = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, specifier = ''] of text.matchAll(/(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*["']([^"']+)["']/g)) {
      if (specifier.startsWith('.')) follow(join(dirname(file), specifier));
      else if (!specifier.startsWith('node:')) packages.add(specifier);
    }
  };
  follow(join(dist, entry));
  return { files, packages };
}

test.each(['index.js', 'index.cjs'])('who loads %s loads prom-client, and no SDK, server or other package', (entry) => {
  const { files, packages } = loadedBy(entry);
  expect(files.size).toBeGreaterThan(50);
  expect([...packages].filter((name) => name !== 'url')).toEqual(['prom-client']);
  expect([...files].filter((file) => /exporters\/otlp|server\/|commands\//.test(file))).toEqual([]);
});
