import { expect } from 'vitest';
import { recordTree } from '../linux/recorded-tree.ts';
import { canMakeContainers, containerProgram, makeMemoryCgroup } from './container.ts';
import { type Server, startServer } from './heapwatch.ts';
import { anyInterpreter } from './interpreters.ts';
import { testNeeding } from './needs.ts';
import { startProgramWith } from './program.ts';
import { replayedVerdicts } from './recording.ts';
import { until } from './until.ts';

const MIB = 1024 * 1024;
const runs = anyInterpreter?.path ?? '/usr/bin/python3';

/** Twelve minutes, which growth from birth must last, in eighteen seconds. */
const PACE = '40';

/** The series of one service on a page, by name and its own labels. */
function seriesOf(page: string, service: string): Map<string, number> {
  const line = /^(heapwatch_\w+)\{service_name="([^"]*)",runtime="cpython",pid="\d+",?(.*)\} (\S+)$/gm;
  const ours = [...page.matchAll(line)].filter(([, , name]) => name === service);
  return new Map(ours.map(([, metric, , own, value]) => [own ? `${metric} ${own}` : `${metric}`, Number(value)]));
}

/** E.g. `leak objects`; undefined before there is one. */
function verdictOf(series: ReadonlyMap<string, number>): string | undefined {
  for (const [name, value] of series) {
    const [, verdict, cause] = /^heapwatch_verdict verdict="(\w+)",cause="(\w*)"$/.exec(name) ?? [];
    if (verdict !== undefined && value === 1) return cause ? `${verdict} ${cause}` : verdict;
  }
  return undefined;
}

interface Judged {
  readonly verdict: string;
  readonly cause?: string;
  readonly since_seconds: number;
}

/** The last verdict of a service as the exporter gives it. */
async function judged(server: Server, service: string): Promise<Judged> {
  const ask = async (path: string) => (await fetch(`${server.url}/api/v1/targets${path}`)).json();
  const { targets } = (await ask('')) as { targets: readonly { id: string; service_name: string }[] };
  const { id } = targets.find(({ service_name }) => service_name === service)!;
  return ((await ask(`/${id}`)) as { assessment: Judged }).assessment;
}

testNeeding('root with a memory cgroup of version 1', canMakeContainers)(
  'a leak is told with the class that leaks and the time that is left, and the same work without it is healthy; replay says the same',
  async () => {
    // Some 3 MB a second: the leak ends its container in one and a half minutes.
    const start = (service: string, program: string) => {
      const contained = containerProgram(makeMemoryCgroup(300 * MIB), { runs });
      return startProgramWith({ OTEL_SERVICE_NAME: service }, contained, program, '15000');
    };
    await start('verdicts-calm', 'healthy.py');
    await start('verdicts-leak', 'leak.py');
    const folder = recordTree({}).path;
    const flags = ['--discovery.min-age=0s', '--discovery.include=service=verdicts-*', `--record.dir=${folder}`];
    const server = await startServer(flags, { HEAPWATCH_TEST_PACE: PACE });
    const calm = new Set<string>();
    const leak = await until('the verdict', 55_000, async () => {
      const page = await (await fetch(`${server.url}/metrics`)).text();
      calm.add(verdictOf(seriesOf(page, 'verdicts-calm')) ?? 'warming_up');
      const series = seriesOf(page, 'verdicts-leak');
      return verdictOf(series)?.startsWith('leak') ? series : undefined;
    });
    expect([...calm]).toEqual(['warming_up', 'healthy']);
    expect(verdictOf(leak)).toBe('leak objects');
    expect(leak.get('heapwatch_suspect_rank type="__main__.Order"')).toBe(1);
    const perSecond = leak.get('heapwatch_objects_growth_per_second type="__main__.Order"');
    expect(perSecond).toBeGreaterThan(7_500);
    expect(perSecond).toBeLessThan(18_000);
    expect(leak.get('heapwatch_growth_bytes_per_second')).toBeGreaterThan(MIB);
    const left = leak.get('heapwatch_oom_eta_seconds');
    expect(left).toBeGreaterThan(5);
    expect(left).toBeLessThan(200);
    expect(leak.get('heapwatch_limit_eta_seconds limit="cgroup"')).toBe(left);

    const { verdict, cause, since_seconds: since } = await judged(server, 'verdicts-leak');
    expect(await server.stop()).toBe(0);
    expect(await replayedVerdicts(folder, 'verdicts-calm')).toMatchObject([{ verdict: 'healthy' }]);
    expect(await replayedVerdicts(folder, 'verdicts-leak')).toMatchObject([
      { verdict: 'healthy' },
      { verdict, cause, t: since },
    ]);
  },
);
