import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseElf } from '../../src/memory/elf.ts';
import { v8 } from '../../src/runtimes/v8/index.ts';
import { Lines } from './lines.ts';
import { testNeeding } from './needs.ts';
import { bun, deno, nodes, oddNode } from './nodes.ts';
import { refOf } from './process-ref.ts';
import { readableDist } from './readable.ts';

// What offers the native interface of Node.js and cannot be read: refused with the reason.

const program = 'console.log("ready"); setInterval(() => {}, 1000)';

/** Starts a program and expects it to be a target that is refused for this reason. */
async function expectRefused(path: string, args: string[], reason: RegExp, env: Record<string, string> = {}) {
  const child = spawn(path, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Lines(child.stdout).next((line) => line === 'ready', 60_000, 'the program');
  const found = refOf(child.pid!);
  expect(v8.detect(found)).toEqual({ runtime: 'nodejs', version: '' });
  const unsupported = expect.objectContaining({ kind: 'unsupported', message: expect.stringMatching(reason) });
  expect(() => v8.open(found)).toThrow(unsupported);
  expect(() => v8.census(found, new Int32Array(new SharedArrayBuffer(4)))).toThrow(unsupported);
}

function scratchFile(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-refused-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, name);
}

/** A copy of the running Node.js in which some bytes are others. */
function altered(change: (file: Buffer) => void): string {
  const path = scratchFile('node');
  const file = readFileSync(process.execPath);
  change(file);
  writeFileSync(path, file, { mode: 0o755 });
  return path;
}

testNeeding('Bun (.ci/other-nodes)', existsSync(bun))('Bun is refused', () =>
  expectRefused(bun, ['-e', program], /no v8dbg_\* symbols; Bun, Deno and Electron have none, and other heaps$/),
);

testNeeding('Deno (.ci/other-nodes)', existsSync(deno))('Deno is refused', () =>
  expectRefused(deno, ['eval', program], /no v8dbg_\* symbols; Bun, Deno and Electron have none, and other heaps$/),
);

testNeeding('Node.js 25 (.ci/other-nodes)', existsSync(oddNode))('a line that we do not know is refused by name', () =>
  expectRefused(
    oddNode,
    ['-e', program],
    /^Node\.js 25\.\d+\.\d+ is not supported; heapwatch reads 18, 20, 22, 24, 26$/,
  ),
);

test('a build that compresses pointers is refused', () => {
  const path = altered((file) => {
    const elf = parseElf((offset, length) => file.subarray(offset, offset + length))!;
    const address = elf.symbols(['v8dbg_TaggedSize']).get('v8dbg_TaggedSize')!;
    const segment = elf.segments.find((one) => address >= one.address && address < one.address + one.fileBytes)!;
    const at = segment.fileOffset + address - segment.address;
    expect(file.readInt32LE(at)).toBe(8);
    file.writeInt32LE(4, at);
  });
  return expectRefused(path, ['-e', program], /it compresses pointers$/);
});

test('a build that does not export its platform is refused', () => {
  const path = altered((file) => {
    const name = '_ZN4node11per_process11v8_platformE';
    for (let at = file.indexOf(name); at >= 0; at = file.indexOf(name, at + 1)) file.write('x', at);
  });
  return expectRefused(path, ['-e', program], /it does not export where its V8 is; the builds of nodejs\.org do$/);
});

test('a build with musl is refused', () => {
  const loader = scratchFile('ld-musl-x86_64.so.1');
  const anyLibrary = readFileSync('/proc/self/maps', 'utf8').match(/\/\S*\/libm\.so\.6/)?.[0];
  copyFileSync(anyLibrary ?? expect.fail('no library to take for the loader'), loader);
  return expectRefused(nodes[0]!.path, ['-e', program], /it is linked with musl \(Alpine\)/, { LD_PRELOAD: loader });
});

testNeeding('root', process.getuid?.() === 0)('a Node.js whose file may not be read is denied, and not gone', () => {
  const path = scratchFile('node');
  chmodSync(dirname(path), 0o711);
  copyFileSync(nodes[0]!.path, path);
  chmodSync(path, 0o711);
  // The one that asks is the process itself: it may read its own memory.
  const script = `import { v8 } from '${readableDist('runtimes/v8/index.js')}';
import { readFileSync } from 'node:fs';
const stat = readFileSync('/proc/self/stat', 'latin1');
const startTicks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
try {
  v8.census({ pid: process.pid, startTicks, procfsPath: '/proc' }, new Int32Array(1));
} catch ({ kind, message }) {
  console.log(kind, message);
}`;
  const answer = execFileSync(path, ['--input-type=module', '-e', script], {
    uid: 65534,
    gid: 65534,
    cwd: '/',
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(answer).toMatch(/^denied (the file .*\/node that process \d+ runs|the memory of process \d+) may not be read/);
});
