// Prints what it costs to read a process: the built program, as a test runner's transformation of the sources costs more
// than what is measured here.
import { readFileSync } from 'node:fs';

const [dist, runtimeName, json] = process.argv.slice(2);
const { startCensusTaker } = await import(`${dist}/census/worker-census-taker.js`);
const { runtimes } = await import(`${dist}/runtimes/index.js`);
const runtime = runtimes.find(({ name }) => name === runtimeName);
const target = JSON.parse(json);

/** In which our own code is compiled. */
const warmUps = 3;
const rounds = 7;
const deadlineMs = 60_000;
const vitalsPerRound = 500;

const taker = startCensusTaker();
const session = runtime.open(target);
let last;

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Milliseconds of CPU count all threads, also those that compile and collect garbage. */
async function takeCensus(ref) {
  const before = process.cpuUsage();
  last = await taker.take(ref, runtimeName, deadlineMs);
  const { user, system } = process.cpuUsage(before);
  return { wallMs: last.durationSeconds * 1000, cpuMs: (user + system) / 1000 };
}

/** Microseconds of one reading, the median of many. */
function readVitals() {
  const times = [];
  for (let read = 0; read < vitalsPerRound; read++) {
    const began = performance.now();
    session.vitals(last);
    times.push((performance.now() - began) * 1000);
  }
  return median(times);
}

const [firsts, nexts, vitals] = [[], [], []];
for (let round = 0; round < warmUps + rounds; round++) {
  // What one census keeps for the next is kept under the name of the process: another name in each round.
  const renamed = { ...target, procfsPath: `${target.procfsPath}${'/.'.repeat(round)}` };
  firsts.push(await takeCensus(renamed));
  nexts.push(await takeCensus(renamed));
  vitals.push(readVitals());
}
session.close();
await taker.close();

const medianOf = (censuses, figure) => median(censuses.slice(warmUps).map((census) => census[figure]));
console.log(
  JSON.stringify({
    objects: last.objects,
    heapBytes: last.quality.scannedBytes,
    firstMs: medianOf(firsts, 'wallMs'),
    firstCpuMs: medianOf(firsts, 'cpuMs'),
    nextCpuMs: medianOf(nexts, 'cpuMs'),
    // Of the round that was disturbed least: so short a reading is not spread over several moods of the machine.
    vitalsUs: Math.min(...vitals.slice(warmUps)),
    // Of this program alone: what getrusage tells includes whoever started it.
    peakBytes: Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024,
  }),
);
