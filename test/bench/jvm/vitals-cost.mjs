// Prints what a reading of a JVM's vitals costs, and a bare read of its performance data, in microseconds: the built
// program, as a test runner's transformation of the sources costs more than what is measured here.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const [dist, pid, path] = process.argv.slice(2);
const { hotspot } = await import(`${dist}/runtimes/hotspot/index.js`);
const startTicks = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[19]);
const session = hotspot.open({ pid: Number(pid), startTicks, procfsPath: '/proc' });
const file = openSync(path, 'r');
const bytes = Buffer.alloc(32 * 1024);

/** Rounds of both by turns, so that what disturbs one disturbs the other. */
const rounds = 81;
const readsPerRound = 100;

function microseconds(run) {
  const start = performance.now();
  for (let read = 0; read < readsPerRound; read++) run();
  return ((performance.now() - start) * 1000) / readsPerRound;
}

// Until it is compiled as well as it will be.
for (let read = 0; read < 20_000; read++) session.vitals();
const [bare, vitals] = [[], []];
for (let round = 0; round < rounds; round++) {
  bare.push(microseconds(() => readSync(file, bytes, 0, bytes.length, 0)));
  vitals.push(microseconds(() => session.vitals()));
}
closeSync(file);
session.close();
console.log(JSON.stringify({ bare, vitals }));
