import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Lines } from '../real/lines.ts';
import { buildImage } from './image.ts';

test("the Dockerfile's steps give a heapwatch that serves, without the developers' packages", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-image-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const image = buildImage(folder);
  expect(image.command).toEqual(['serve']);
  const { dependencies } = JSON.parse(readFileSync(join(image.root, 'app/package.json'), 'utf8'));
  for (const name of Object.keys(dependencies))
    expect(existsSync(join(image.root, 'app/node_modules', name))).toBe(true);
  for (const name of ['typescript', 'vitest', '@biomejs/biome', '../src', '../dist/generate.js']) {
    expect([name, existsSync(join(image.root, 'app/node_modules', name))]).toEqual([name, false]);
  }
  const [program = '', ...args] = [...image.entrypoint, ...image.command];
  const child = spawn(
    program,
    [...args.map((arg) => arg.replace(/^\/app\//, `${image.root}/app/`)), '--web.listen-address=127.0.0.1:0'],
    {
      cwd: join(image.root, 'app'),
      env: { PATH: process.env.PATH, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(() => void child.kill('SIGKILL'));
  const line = await new Lines(child.stdout).next((text) => text.includes('http://'), 20_000, 'the address');
  const url = /http:\/\/[\d.]+:\d+/.exec(line)?.[0];
  expect(await (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(10_000) })).text()).toBe('ok\n');
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});
