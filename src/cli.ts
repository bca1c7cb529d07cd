#!/usr/bin/env node
import { usage } from './commands/usage.ts';
import { version } from './config/version.ts';

// Loaded when asked for: `top` is ready sooner without the server's modules.
const commands: Readonly<Record<string, () => Promise<(args: readonly string[]) => Promise<number>>>> = {
  serve: async () => (await import('./commands/serve.ts')).serve,
  top: async () => (await import('./commands/top.ts')).top,
  replay: async () => (await import('./commands/replay.ts')).replay,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
};

/** Runs the command that the arguments name and answers the exit code: 0 fine, 1 failed, 2 wrong usage. */
async function run(args: readonly string[]): Promise<number> {
  const [first = 'serve'] = args;
  const flagsOf = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  if (first === 'help' || flagsOf.includes('--help') || flagsOf.includes('-h')) {
    process.stdout.write(usage());
    return 0;
  }
  if (first === '--version' || first === 'version') {
    process.stdout.write(`heapwatch ${version}\n`);
    return 0;
  }
  const [name, rest] = first.startsWith('-') || args.length === 0 ? ['serve', args] : [first, args.slice(1)];
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) {
    const known = Object.keys(commands).join(', ');
    process.stderr.write(`heapwatch: ${JSON.stringify(name)} is not a command: there are ${known} and help\n`);
    return 2;
  }
  const command = await load();
  return command(rest);
}

// `heapwatch top 1 | head`: the reader is content and has gone.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.exitCode = await run(process.argv.slice(2));
