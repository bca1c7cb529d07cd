import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { version } from '../../src/config/version.ts';

// What `npm run bench` ends with: one table of all that was measured in this run. Files of benchmarks run in processes of
// their own, and leave their rows in a file.

const place = 'HEAPWATCH_BENCH_SUMMARY';

/** A figure of ours beside that of what people use today, or of the same without us, from one run. */
export interface SummaryRow {
  readonly what: string;
  readonly ours: number;
  readonly unit: string;
  /** What the other figure is. */
  readonly against: string;
  readonly theirs: number;
}

export function summarize(row: SummaryRow): void {
  const path = process.env[place];
  if (path !== undefined) appendFileSync(path, `${JSON.stringify(row)}\n`);
}

/** For Vitest: before and after all benchmarks. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-bench-'));
  const path = join(folder, 'rows.jsonl');
  process.env[place] = path;
  return () => {
    if (existsSync(path)) process.stdout.write(`\n${table(readFileSync(path, 'utf8'))}\n`);
    rmSync(folder, { recursive: true });
  };
}

function table(lines: string): string {
  const rows = lines
    .trim()
    .split('\n')
    .map((line): SummaryRow => JSON.parse(line));
  const cells = rows.map(({ what, ours, unit, against, theirs }) =>
    [what, `${short(ours)} ${unit}`, against, `${short(theirs)} ${unit}`, short(ours / theirs)].join(' | '),
  );
  const [{ model = 'unknown processor' } = {}] = cpus();
  const machine = `${cpus().length} x ${model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release()}`;
  return [
    `heapwatch ${version}, Node.js ${process.versions.node}; ${machine}`,
    '',
    '| what | heapwatch | against | | ratio |',
    '| --- | --- | --- | --- | --- |',
    ...cells.sort().map((row) => `| ${row} |`),
  ].join('\n');
}

/** Three digits that count. */
function short(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumSignificantDigits: 3 });
}
