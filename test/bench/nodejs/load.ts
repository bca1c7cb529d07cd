import { connect } from 'node:net';

const connections = 8;
/** Requests on their way on each connection, so that the service never waits for us. */
const pipelined = 8;

export interface Load {
  readonly requests: number;
  readonly seconds: number;
}

/** Asks for a path as fast as the answers come. */
export async function load(port: number, path: string, windowMs: number): Promise<Load> {
  const request = `GET ${path} HTTP/1.1\r\nHost: service\r\n\r\n`;
  let answers = 0;
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(port, '127.0.0.1');
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
      socket.on('data', (chunk) => {
        const arrived = countHeads(chunk);
        answers += arrived;
        if (arrived > 0) socket.write(request.repeat(arrived));
      });
      return socket;
    }),
  );
  const began = performance.now();
  for (const socket of sockets) socket.write(request.repeat(pipelined));
  await new Promise((resolve) => setTimeout(resolve, windowMs));
  const measured = { requests: answers, seconds: (performance.now() - began) / 1000 };
  for (const socket of sockets) socket.destroy();
  return measured;
}

/** A head that a chunk's border cuts is not counted, and one request less is on its way: rare, and alike for all. */
function countHeads(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf('HTTP/1.1 200'); at !== -1; at = chunk.indexOf('HTTP/1.1 200', at + 12)) count++;
  return count;
}
