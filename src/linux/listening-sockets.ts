// The TCP sockets of a network namespace: /proc/<pid>/net/tcp and tcp6, proc_pid_net(5), written by net/ipv4/tcp_ipv4.c.

import { readdirSync, readlinkSync } from 'node:fs';
import type { ProcessRef } from '../model/target.ts';
import { fileFailure } from './file-failure.ts';
import { readFileStart } from './small-file.ts';

/** A TCP socket that listens. */
export interface ListeningSocket {
  readonly inode: number;
  readonly port: number;
  /** Whether 127.0.0.1 leads to it. */
  readonly onLoopback: boolean;
}

/** Those that listen come first in the file, whatever the number of connections. */
const mostTableBytes = 2 ** 20;
const row = /^ *\d+: ([0-9A-F]{8,32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A (?:\S+ +){5}(\d{1,15}) /gm;
/** 127.0.0.1 and 0.0.0.0 as a little-endian machine writes them. */
const loopback = new Set(['0100007F', '00000000']);

/** Parses the rows of sockets in the state LISTEN (0A). */
export function parseListeningSockets(text: string): ListeningSocket[] {
  return [...text.matchAll(row)].map(([, address, port, inode]) => ({
    inode: Number(inode),
    port: Number.parseInt(port!, 16),
    onLoopback: loopback.has(address!),
  }));
}

/** All that listen in the process's network namespace, whose ever they are. Throws `ReadFailure`. */
export function readListeningSockets({ procfsPath, pid }: ProcessRef): ListeningSocket[] {
  return ['tcp', 'tcp6'].flatMap((table) => {
    const path = `${procfsPath}/${pid}/net/${table}`;
    return parseListeningSockets(readFileStart(path, mostTableBytes).toString('latin1'));
  });
}

/** Those that the process itself holds. Throws `ReadFailure`. */
export function readOwnListeningSockets(process: ProcessRef): ListeningSocket[] {
  const folder = `${process.procfsPath}/${process.pid}/fd`;
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw fileFailure(error, folder);
  }
  const held = new Set(names.map((name) => inodeOf(`${folder}/${name}`)));
  return readListeningSockets(process).filter(({ inode }) => held.has(inode));
}

function inodeOf(link: string): number | undefined {
  try {
    const inode = /^socket:\[(\d{1,15})\]$/.exec(readlinkSync(link))?.[1];
    return inode === undefined ? undefined : Number(inode);
  } catch {
    return undefined; // closed in the meantime
  }
}
