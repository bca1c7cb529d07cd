import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  encodeVersion1,
  encodeVersion2,
  exchange,
  parseReply,
  StaleSocket,
} from '../../../../src/runtimes/hotspot/attach-protocol/request.ts';

test('requests are written as both versions of the protocol have them', () => {
  expect(encodeVersion1('jcmd', 'VM.flags -all').toString('latin1')).toBe('1\0jcmd\0VM.flags -all\0\0\0');
  expect(encodeVersion2('jcmd', 'VM.flags').toString('latin1')).toBe('2\x0014\0jcmd\0VM.flags\0');
});

test('a reply is its code and its text; anything else is refused', () => {
  expect(parseReply(Buffer.from('0\nall\nof it'))).toEqual({ code: 0, text: 'all\nof it' });
  expect(parseReply(Buffer.from('-1\nno'))).toEqual({ code: -1, text: 'no' });
  for (const text of ['', '0', 'x\n', 'HTTP/1.1 200 OK\n\n']) {
    expect(() => parseReply(Buffer.from(text))).toThrow(expect.objectContaining({ kind: 'unreadable' }));
  }
});

/** Listens as a JVM does, and answers as the test says. */
async function listen(answer: (socket: Socket) => void): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-attach-'));
  const server = createServer((socket) => answer(socket.on('error', () => undefined)));
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, 'socket');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

const request = encodeVersion1('jcmd', 'help');

test('an answer that never ends is given up at the deadline', async () => {
  const path = await listen((socket) => socket.write('0\n'));
  await expect(exchange(path, request, AbortSignal.timeout(200))).rejects.toMatchObject({ kind: 'busy' });
});

test('an answer without bound is given up at its bound', async () => {
  const piece = Buffer.alloc(2 ** 20, 'x');
  const path = await listen((socket) => {
    const pour = () => {
      while (socket.write(piece));
    };
    socket.on('drain', pour);
    pour();
  });
  const answer = exchange(path, request, AbortSignal.timeout(30_000));
  await expect(answer).rejects.toMatchObject({ kind: 'unreadable', message: expect.stringContaining('more than') });
});

test('where nobody listens is told apart from a JVM that fails', async () => {
  await expect(exchange('/tmp/no-such-socket', request, AbortSignal.timeout(5000))).rejects.toThrow(StaleSocket);
  const path = await listen((socket) => socket.end());
  await expect(exchange(path, request, AbortSignal.timeout(5000))).rejects.toMatchObject({ kind: 'unreadable' });
});
