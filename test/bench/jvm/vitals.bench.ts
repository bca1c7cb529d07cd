import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readMappings } from '../../../src/memory/process-memory.ts';
import { findPerfDataMapping } from '../../../src/runtimes/hotspot/perf-data/perf-data-file.ts';
import { collectorOptions, startJava } from '../../real/java-program.ts';
import { jdks } from '../../real/jdks.ts';
import { refOf } from '../../real/process-ref.ts';
import { median } from '../median.ts';
import { summarize } from '../summary.ts';

// What `npm run build` has built is measured.

const subjects = jdks.flatMap((jdk) => jdk.collectors.map((collector) => ({ version: jdk.version, collector, jdk })));
const script = fileURLToPath(new URL('./vitals-cost.mjs', import.meta.url));
const dist = fileURLToPath(new URL('../../../dist', import.meta.url));

test.each(subjects)(
  'Java $version with $collector: vitals cost at most 20 bare reads of 32 KB',
  async ({ jdk, collector, version }) => {
    const { pid } = await startJava(jdk, [...collectorOptions(collector), '-Xmx64m'], 'JvmVitals');
    const { start, end } = findPerfDataMapping(readMappings(refOf(pid)))!;
    const file = `/proc/${pid}/map_files/${start.toString(16)}-${end.toString(16)}`;
    const output = execFileSync(process.execPath, [script, dist, `${pid}`, file], { encoding: 'utf8' });
    const { bare, vitals }: { bare: number[]; vitals: number[] } = JSON.parse(output);
    const [ours, one] = [median(vitals), median(bare)];
    console.log(
      `Java ${version} ${collector}: ${ours.toFixed(1)} us, a bare read ${one.toFixed(1)} us: ${(ours / one).toFixed(1)}`,
    );
    const what = `vitals of a heap, Java ${version} with ${collector}`;
    summarize({ what, ours, unit: 'us', against: 'one bare read of 32 KB', theirs: one });
    expect(ours / one).toBeLessThan(20);
  },
);
