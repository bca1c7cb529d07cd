import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { recordTree } from '../linux/recorded-tree.ts';
import { startServer } from './heapwatch.ts';
import { anyInterpreter, oldInterpreters } from './interpreters.ts';
import { anyJdk } from './jdks.ts';
import { canMakeMemoryCgroups } from './memory-cgroup.ts';
import { testNeeding } from './needs.ts';
import { replayedVerdicts } from './recording.ts';
import {
  compileServices,
  javaService,
  nodeService,
  pythonService,
  type Rate,
  type Service,
  startServices,
} from './services.ts';

/** Five hours in five minutes. */
const PACE = 60;
const RUN_SECONDS = 290;
const MIB = 1024 * 1024;

/** What a service is, and what is to be said of it. */
interface Case extends Service {
  /** The verdicts that follow `warming_up` and `healthy`. */
  readonly becomes: readonly string[];
  /** Among its first three suspects. */
  readonly culprit?: string;
}

const STEADY: readonly Rate[] = [[0, 200]];
/** What comes in can be done, then for a while twice as much. */
const RUSH: readonly Rate[] = [
  [0, 150],
  [100, 600],
  [150, 100],
];
const OVERRUN: readonly Rate[] = [
  [0, 100],
  [100, 700],
];
/** Without room for the young, so that the limit is what is said. */
const TIGHT = ['--max-old-space-size=100', '--max-semi-space-size=1'];
/** Young enough, and early enough, for a cycle in every quarter of an hour. */
const G1 = ['-XX:+UseG1GC', '-Xmn8m', '-XX:InitiatingHeapOccupancyPercent=25'];
/** V8 looks through a heap that grows slowly too rarely for a run so short. */
const FAST = { rates: [[0, 400]] as readonly Rate[], flags: ['--max-old-space-size=200'] };
const LEAK = 'leak objects';

const python = anyInterpreter?.path ?? 'python3';
const python2 = oldInterpreters.find(({ version }) => version.startsWith('2.7'))?.path ?? 'python2.7';
const jdk = anyJdk?.java ?? 'java';

function pythonCase(
  name: string,
  becomes: string[],
  more: Partial<Case> & { args?: string[]; runs?: string } = {},
): Case {
  const { args = [], runs = python, limitBytes = 150 * MIB, rates = STEADY, ...rest } = more;
  const command = pythonService(runs, name.replace(/ .*/, ''), ...args);
  return { name: `python ${name}`, command, limitBytes, rates, becomes, ...rest };
}

function nodeCase(
  name: string,
  becomes: string[],
  more: Partial<Case> & { args?: string[]; flags?: string[] } = {},
): Case {
  const { args = [], flags = ['--max-old-space-size=100'], rates = STEADY, ...rest } = more;
  const command = nodeService(process.execPath, flags, name.replace(/ .*/, ''), ...args);
  return { name: `nodejs ${name}`, command, rates, becomes, ...rest };
}

function javaCase(
  classes: string,
  name: string,
  becomes: string[],
  more: Partial<Case> & { args?: string[]; options?: string[] } = {},
): Case {
  const { args = [], options = ['-Xmx96m', ...G1], rates = STEADY, ...rest } = more;
  const command = javaService(classes, jdk, options, name.replace(/ .*/, ''), ...args);
  return { name: `java ${name}`, command, rates, becomes, ...rest };
}

const pythonCases = [
  pythonCase('sessions', [LEAK], { culprit: '__main__.Session' }),
  pythonCase('unbounded_cache', [LEAK], { culprit: '__main__.Page' }),
  pythonCase('saved_garbage', ['leak uncollectable'], { culprit: '__main__.Node' }),
  pythonCase('finalisers', ['leak uncollectable'], { culprit: '__main__.Connection', runs: python2 }),
  pythonCase('collector_off', ['leak uncollectable'], { culprit: '__main__.Node' }),
  pythonCase('native_blocks', ['leak native']),
  pythonCase('queue_of_tuples that drains', ['backlog', 'healthy'], { culprit: 'tuple', rates: RUSH }),
  pythonCase('queue_of_tuples', ['backlog'], { culprit: 'tuple', rates: OVERRUN, limitBytes: 400 * MIB }),
  pythonCase('tables', ['overflow undersized'], { args: ['82'], limitBytes: 100 * MIB }),
  pythonCase('lru_cache', []),
  pythonCase('warm_up', []),
];

const nodeCases = [
  nodeCase('sessions', [LEAK], { culprit: 'Session', ...FAST }),
  nodeCase('listeners', [LEAK], { culprit: 'Subscription', ...FAST }),
  nodeCase('promise_queue', ['backlog'], { culprit: 'Order', rates: OVERRUN, flags: ['--max-old-space-size=300'] }),
  nodeCase('index_in_memory', ['overflow undersized'], { args: ['88'], flags: TIGHT }),
  nodeCase('result_sets', ['overflow burst'], { args: ['95'], flags: TIGHT }),
  nodeCase('lru_cache', []),
  nodeCase('visits', [], { rates: [[0, 50, 350, 120]] }),
];

const javaCases = (classes: string) => [
  javaCase(classes, 'ThreadLocals', [LEAK], { culprit: 'ThreadLocals$Trace' }),
  javaCase(classes, 'Sessions', [LEAK], { culprit: 'Sessions$Session' }),
  javaCase(classes, 'ClassLoaders', [LEAK], { args: ['5'], options: ['-Xmx96m', '-XX:MaxMetaspaceSize=80m', ...G1] }),
  javaCase(classes, 'WorkQueue', ['backlog'], {
    culprit: 'WorkQueue$Order',
    rates: [
      [0, 100],
      [100, 500],
    ],
    options: ['-Xmx128m', ...G1],
  }),
  javaCase(classes, 'IndexInMemory', ['overflow undersized'], { args: ['82'] }),
  javaCase(classes, 'Requests in a small container', ['overflow undersized'], {
    options: ['-Xms190m', '-Xmx240m', '-XX:+AlwaysPreTouch', '-XX:+UseParallelGC'],
    limitBytes: 280 * MIB,
  }),
  javaCase(classes, 'Requests', [], { options: ['-Xmx2g'] }),
  javaCase(classes, 'LruCache', []),
  javaCase(classes, 'Batches', []),
];

/** A verdict of a service, and when it was first seen. */
interface Told {
  readonly second: number;
  readonly verdict: string;
  readonly suspects: readonly string[];
}

testNeeding('root with memory cgroups, and Python 2.7 and 3', canMakeMemoryCgroups && anyInterpreter !== undefined)(
  'services in Python are judged as what they are, and the verdict changes with what they do only',
  () => expectVerdicts(pythonCases),
);

test('services in Node.js are judged as what they are, and the verdict changes with what they do only', () =>
  expectVerdicts(nodeCases));

testNeeding('a JDK, and root with memory cgroups,', canMakeMemoryCgroups && anyJdk !== undefined)(
  'services in Java are judged as what they are, and the verdict changes with what they do only',
  () => expectVerdicts(javaCases(compileServices(jdk))),
);

async function expectVerdicts(cases: readonly Case[]): Promise<void> {
  await startServices(cases);
  const folder = recordTree({}).path;
  const chosen = cases.map(({ name }) => `--discovery.include=service=${name}`);
  // Half a minute, in which programs are compiled while they run.
  const flags = ['--discovery.min-age=30m', '--log.level=warn', `--record.dir=${folder}`, ...chosen];
  const server = await startServer(flags, { HEAPWATCH_TEST_PACE: String(PACE) });
  const told = new Map<string, Told[]>(cases.map(({ name }) => [name, []]));
  const began = Date.now();
  while (Date.now() - began < RUN_SECONDS * 1000) {
    await look(server.url, told, (Date.now() - began) / 1000);
    // The rhythm of looking, not a wait for something to happen.
    await pause(1000);
  }
  await server.stop();
  for (const { name, becomes, culprit } of cases) {
    const all = told.get(name)!;
    const text = all.map(({ second, verdict, suspects }) => `${second.toFixed(0)} s ${verdict} ${suspects}`);
    process.stdout.write(`${name}: ${text.join('; ')}\n`);
    const seen = withoutBeginning(all);
    expect
      .soft(
        seen.map(({ verdict }) => verdict),
        name,
      )
      .toEqual(becomes);
    if (culprit !== undefined) expect.soft(seen[0]?.suspects.slice(0, 3) ?? [], name).toContain(culprit);
    const again = withoutBeginning(await replayedVerdicts(folder, name));
    const verdicts = becomes.map((verdict) => verdict.split(' ')[0]);
    expect
      .soft(
        again.map(({ verdict }) => verdict),
        `${name}, replayed`,
      )
      .toEqual(verdicts);
  }
}

/** Without what everyone is called at first. */
function withoutBeginning<Item extends { readonly verdict: string }>(list: readonly Item[]): readonly Item[] {
  const known = list.filter(({ verdict }) => verdict !== 'warming_up');
  return known[0]?.verdict === 'healthy' ? known.slice(1) : known;
}

interface Listed {
  readonly id: string;
  readonly service_name: string;
  readonly verdict?: string;
  readonly cause?: string;
}

interface Judged {
  readonly verdict: string;
  readonly suspects: readonly { readonly type: string }[];
}

/** Notes what is said of each service: the cause and the suspects as they are said last. */
async function look(url: string, told: ReadonlyMap<string, Told[]>, second: number): Promise<void> {
  const answer = async (path: string) => (await fetch(`${url}/api/v1/targets${path}`)).json();
  const { targets } = (await answer('')) as { targets: readonly Listed[] };
  for (const { id, service_name, verdict, cause } of targets) {
    const list = told.get(service_name);
    if (list === undefined || verdict === undefined) continue;
    const name = cause === undefined ? verdict : `${verdict} ${cause}`;
    const isKnown = list.at(-1)?.verdict.split(' ')[0] === verdict;
    if (isKnown && (verdict === 'healthy' || verdict === 'warming_up')) continue;
    const { assessment } = (await answer(`/${id}`)) as { assessment?: Judged };
    if (assessment?.verdict !== verdict) continue; // it has changed between the two questions
    const suspects = assessment.suspects.map(({ type }) => type);
    const began = isKnown ? list.pop()!.second : second;
    list.push({ second: began, verdict: name, suspects });
  }
}
