import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { parseListeningSockets, readOwnListeningSockets } from '../../src/linux/listening-sockets.ts';
import { refOf } from '../real/process-ref.ts';

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:240D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1299833 1 0000000096835fbb 100 0 0 10 0
   1: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1059 1 00000000ae0f15e4 100 0 0 10 0
   2: 0100007F:240D 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 1299834 1 0000000096835fbb 100 0 0 10 0
   3: 0200A8C0:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1 0000000096835fbb 100 0 0 10 0
`;

test('only sockets that listen are read, with whether 127.0.0.1 leads to them', () => {
  expect(parseListeningSockets(table)).toEqual([
    { inode: 1299833, port: 9229, onLoopback: true },
    { inode: 1059, port: 2024, onLoopback: true },
    { inode: 77, port: 80, onLoopback: false },
  ]);
  expect(parseListeningSockets('nonsense')).toEqual([]);
});

test('a process has its own sockets, and no one else’s', async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  expect(readOwnListeningSockets(refOf(process.pid)).map((one) => one.port)).toContain(port);
  expect(readOwnListeningSockets(refOf(process.ppid)).map((one) => one.port)).not.toContain(port);
});
