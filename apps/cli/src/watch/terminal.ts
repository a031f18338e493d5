import type { CliContext } from '../cli-context.js';

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
const CTRL_C = '\u0003';

/** A screen of its own on the terminal, and the keys pressed meanwhile. What was on the terminal comes back at the end. */
export class TerminalScreen implements Disposable {
  readonly #context: CliContext;
  readonly #onKey: (key: string) => void;
  readonly #onResize: () => void;

  /** `onResize` draws again. */
  constructor(context: CliContext, onQuit: () => void, onResize: () => void) {
    this.#context = context;
    this.#onResize = onResize;
    this.#onKey = (key) => {
      if (key === 'q') onQuit();
      // The terminal does not make a signal of it while keys are read one by one.
      if (key === CTRL_C) process.kill(process.pid, 'SIGINT');
    };
    const { stdin, stdout } = context;
    stdout.write(ENTER);
    stdout.on('resize', onResize);
    if (stdin.isTTY) {
      stdin.setRawMode(true).setEncoding('utf8').on('data', this.#onKey).resume();
    }
  }

  draw(lines: readonly string[]): void {
    // One write, and no clearing of the whole before it: else the screen flickers.
    const body = lines.map((line) => `${line}${CLEAR_LINE_END}`).join('\r\n');
    this.#context.stdout.write(`${HOME}${body}${CLEAR_BELOW}`);
  }

  [Symbol.dispose](): void {
    const { stdin, stdout } = this.#context;
    stdout.off('resize', this.#onResize);
    if (stdin.isTTY) stdin.off('data', this.#onKey).setRawMode(false).pause();
    stdout.write(LEAVE);
  }
}
