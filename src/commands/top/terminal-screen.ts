import type { WriteStream } from 'node:tty';

// Control sequences of xterm that every terminal of today knows: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
// A screen of our own, so that what was there comes back; no cursor; no wrapping of long lines.
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** A terminal does not say its height when it is none of the usual ones. */
const USUAL_ROWS = 24;

/** Text that changes in place, on a screen of its own until it is closed. */
export interface TerminalScreen {
  /** `linesFor` is asked again when the terminal changes its size; what exceeds its rows would scroll. */
  show(linesFor: (rows: number) => readonly string[]): void;
  /** The terminal is as it was before. */
  close(): void;
}

export function createTerminalScreen(terminal: WriteStream): TerminalScreen {
  let linesFor: (rows: number) => readonly string[] = () => [];

  function draw(): void {
    const lines = linesFor(terminal.rows || USUAL_ROWS);
    terminal.write(`${HOME}${lines.map((line) => line + CLEAR_LINE).join('\r\n')}${CLEAR_BELOW}`);
  }

  function leave(): void {
    terminal.write(LEAVE);
  }

  /** Ctrl-Z: the shell gets its terminal back, and Ctrl-Z means what it always means. */
  function suspend(): void {
    leave();
    process.kill(process.pid, 'SIGSTOP');
  }

  function resume(): void {
    terminal.write(ENTER);
    draw();
  }

  terminal.write(ENTER);
  terminal.on('resize', draw);
  process.on('SIGTSTP', suspend).on('SIGCONT', resume);
  // Before Node.js prints what went wrong, which would vanish with the screen.
  process.on('uncaughtExceptionMonitor', leave);
  return {
    show(lines) {
      linesFor = lines;
      draw();
    },
    close() {
      terminal.off('resize', draw);
      process.off('SIGTSTP', suspend).off('SIGCONT', resume);
      process.off('uncaughtExceptionMonitor', leave);
      leave();
    },
  };
}
