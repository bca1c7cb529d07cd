import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { anyInterpreter } from './interpreters.ts';
import { Lines } from './lines.ts';
import { testNeeding } from './needs.ts';
import { startProgram } from './program.ts';
import { programsFolder } from './readable.ts';
import type { TopReport } from './top.ts';
import { until } from './until.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const deadlineMs = 60_000;

/** Runs the command line until the test ends it, or ends. */
function start(command: string, args: readonly string[]) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, ended, lines: new Lines(child.stdout), errors: new Lines(child.stderr) };
}

test('top --watch for scripts is a line again and again, takes a tenth of a core, and ends well at Ctrl-C', async () => {
  const program = await startProgram(python, 'leak.py');
  const flags = ['--watch', '--interval=100ms', '--growth=300ms', '--json'];
  const run = start(process.execPath, [cli, 'top', String(program.pid), ...flags]);
  const reports: TopReport[] = [];
  const times: number[] = [];
  while (reports.length < 4) {
    reports.push(JSON.parse(await run.lines.next(() => true, deadlineMs, 'a report')));
    times.push(performance.now());
  }
  expect(reports[0]).not.toHaveProperty('growth');
  expect(reports[3]?.growth?.find(({ type }) => type === '__main__.Order')?.count_delta).toBeGreaterThan(100);
  // A line may reach us late, so only the sum is told by the clock.
  const counted = reports.slice(0, 3).reduce((sum, { duration_ms }) => sum + duration_ms, 0);
  expect(times[3]! - times[0]!).toBeGreaterThan(counted * 9);
  run.child.kill('SIGINT');
  expect(await run.ended).toBe(0);
});

test('top --watch says when the process has ended', async () => {
  const program = await startProgram(python, 'healthy.py');
  const run = start(process.execPath, [cli, 'top', String(program.pid), '--watch', '--interval=100ms']);
  await run.lines.next((line) => line.startsWith('cpython '), deadlineMs, 'a report');
  await program.end();
  expect(await run.errors.next(() => true, deadlineMs, 'the reason')).toMatch(/has ended|there is no process/);
  expect(await run.ended).toBe(1);
});

testNeeding('script, of util-linux,', existsSync('/usr/bin/script'))(
  'top --watch on a terminal fills the screen and no more, and leaves it as it was',
  async () => {
    const program = await startProgram(python, 'healthy.py');
    // In a terminal of eight lines; its own pid is said first, as signals go to it and not to the terminal.
    const watch = `stty rows 8 cols 60; echo "pid $$"; exec '${process.execPath}' '${cli}' top ${program.pid} --watch --interval=100ms`;
    const run = start('script', ['-qefc', watch, '/dev/null']);
    const pid = Number((await run.lines.next((line) => line.startsWith('pid '), deadlineMs, 'its pid')).slice(4));
    const screens = () => run.lines.seen.join('\n').split('\u001b[H').slice(1);
    await until('two screens', deadlineMs, () => screens().length > 2);
    for (const screen of screens().slice(0, 2)) {
      expect(screen.split('\u001b[K').length - 1).toBe(8);
      expect(screen).toMatch(/^cpython [^\n]*\n+type +count/);
      expect(screen).toContain('Left out: ');
    }
    process.kill(pid, 'SIGINT');
    expect(await run.ended).toBe(0);
    const all = run.lines.seen.join('\n');
    expect(all).toContain('\u001b[?1049h\u001b[?25l\u001b[?7l');
    expect(all.trimEnd().endsWith('\u001b[?7h\u001b[?25h\u001b[?1049l')).toBe(true);
  },
);

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';

/** What `test/fixtures/programs/on_terminal.py` saw. */
interface Seen {
  readonly before: string;
  readonly stopped: string;
  readonly going_on: string;
  readonly at_last: string;
  readonly did_stop: boolean;
  readonly code: number;
}

const failing = ['--import', 'data:text/javascript,process.on("SIGUSR2",()=>{throw new Error("on purpose")})'];

test.each<[string, string, number, string[]]>([
  ['Ctrl-C', 'keys:\u0003', 0, []],
  ['Ctrl-\\', 'keys:\u001c', 0, []],
  ['SIGTERM', `signal:${constants.signals.SIGTERM}`, 0, []],
  ['SIGHUP', `signal:${constants.signals.SIGHUP}`, 0, []],
  ['an error that nobody catches', `signal:${constants.signals.SIGUSR2}`, 1, failing],
])(
  'top --watch gives the terminal back at Ctrl-Z, draws anew when it goes on, and gives it back at %s',
  async (...row) => {
    const [, end, code, options] = row;
    const program = await startProgram(python, 'healthy.py');
    const command = [process.execPath, ...options, cli, 'top', String(program.pid), '--watch', '--interval=100ms'];
    const run = start(python, [`${programsFolder}on_terminal.py`, end, ...command]);
    const seen: Seen = JSON.parse(await run.lines.next(() => true, 5 * deadlineMs, 'what was seen'));
    expect(seen.before.startsWith(ENTER)).toBe(true);
    expect([seen.did_stop, seen.stopped.endsWith(LEAVE)]).toEqual([true, true]);
    expect(seen.going_on).toContain(`${ENTER}\u001b[H`);
    expect([seen.code, seen.at_last.split(LEAVE).length]).toEqual([code, 2]);
    // What went wrong is told on the screen that stays.
    expect(seen.at_last.split(LEAVE)[1]?.includes('on purpose')).toBe(code === 1);
  },
);
