import { EventEmitter } from 'node:events';
import type { WriteStream } from 'node:tty';
import { expect, test } from 'vitest';
import { createTerminalScreen } from '../../../src/commands/top/terminal-screen.ts';

/** Keeps what it was sent. */
function recordTerminal(rows: number) {
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  const terminal = Object.assign(new EventEmitter(), { rows, write });
  return { terminal, stream: terminal as unknown as WriteStream, written };
}

test('lines take the place of those before, and the terminal is left as it was', () => {
  const { stream, written } = recordTerminal(5);
  const screen = createTerminalScreen(stream);
  screen.show((rows) => ['a', `${rows} rows`]);
  screen.close();
  expect(written).toEqual([
    '\u001b[?1049h\u001b[?25l\u001b[?7l',
    '\u001b[Ha\u001b[K\r\n5 rows\u001b[K\u001b[J',
    '\u001b[?7h\u001b[?25h\u001b[?1049l',
  ]);
});

test('a terminal that changes its size is drawn anew, but not when the screen is closed', () => {
  const { terminal, stream, written } = recordTerminal(0);
  const screen = createTerminalScreen(stream);
  screen.show((rows) => [`${rows}`]);
  terminal.rows = 7;
  terminal.emit('resize');
  screen.close();
  terminal.emit('resize');
  expect(written.slice(1, -1)).toEqual(['\u001b[H24\u001b[K\u001b[J', '\u001b[H7\u001b[K\u001b[J']);
});
