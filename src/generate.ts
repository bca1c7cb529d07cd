import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { settingRows } from './config/help-text.ts';
import { settingTable } from './config/settings.ts';
import { generatedFiles } from './dashboards/generated-files.ts';
import { catalogue } from './metrics/catalogue.ts';
import type { RuntimeName } from './model/target.ts';
import { runtimes } from './runtimes/index.ts';

/** The generated parts of README.md, by the name in their markers. */
const sections: Readonly<Record<string, () => string>> = {
  metrics: () =>
    markdownTable(['metric', 'kind', 'of', 'labels', 'meaning'], metricRows(runtimes.map(({ name }) => name))),
  settings: () => markdownTable(['flag', 'environment', 'type', 'default', 'meaning'], settingRows(settingTable)),
};

/**
 * Replaces what stands between `<!-- name: generated -->` and `<!-- /name -->` for every section.
 * Throws when a section has no markers.
 */
export function regenerate(readme: string): string {
  return Object.entries(sections).reduce((text, [name, write]) => {
    const start = `<!-- ${name}: generated -->\n`;
    const from = text.indexOf(start);
    const to = text.indexOf(`<!-- /${name} -->`, from);
    if (from < 0 || to < 0) throw new Error(`README.md has no markers for its generated part "${name}"`);
    return `${text.slice(0, from + start.length)}\n${write()}\n${text.slice(to)}`;
  }, readme);
}

/** Only what a runtime that we can read fills: the README promises nothing else. */
function metricRows(known: readonly RuntimeName[]): string[][] {
  return catalogue
    .filter((metric) => metric.of === 'snapshot' || metric.runtimes.some((runtime) => known.includes(runtime)))
    .map(({ name, kind, of, labels, help }) => {
      return [`\`${name}\``, kind, of === 'target' ? 'process' : 'exporter', labels.join(', '), help];
    });
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
  return lines.map((row) => `| ${row.map(cell).join(' | ')} |\n`).join('');
}

/** `npm run generate` writes; with `--check` it only tells what is out of date, by exit code 1. */
function run(args: readonly string[]): number {
  const root = new URL('../', import.meta.url);
  const read = (path: string) => (existsSync(new URL(path, root)) ? readFileSync(new URL(path, root), 'utf8') : '');
  const wanted = Object.entries({ 'README.md': regenerate(read('README.md')), ...generatedFiles() });
  const drifted = wanted.filter(([path, text]) => read(path) !== text);
  if (args.includes('--check')) {
    for (const [path] of drifted) process.stderr.write(`${path} differs from its source in src/: npm run generate\n`);
    return drifted.length === 0 ? 0 : 1;
  }
  for (const [path, text] of drifted) {
    const file = fileURLToPath(new URL(path, root));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = run(process.argv.slice(2));
