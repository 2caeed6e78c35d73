import type { Terminal } from './verb.ts';

/** How long work takes before progress is shown, and between two lines of it, in milliseconds. */
const QUIET = 1_000;

/** Shows on standard error how far long work has come; nothing where that is quick. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #what: string;
  #due = performance.now() + QUIET;
  #isShown = false;

  constructor(terminal: Terminal, what = 'steps') {
    this.#terminal = terminal;
    this.#what = what;
  }

  readonly tell = (done: number, of: number): void => {
    const now = performance.now();
    if (now < this.#due) return;
    this.#due = now + QUIET;
    this.#isShown = true;
    const text = `${done.toLocaleString('en')} of ${of.toLocaleString('en')} ${this.#what}`;
    // On a terminal one line is enough; elsewhere each stays.
    this.#terminal.err(this.#terminal.colour ? `\r\x1b[K${text}` : `${text}\n`);
  };

  end(): void {
    if (this.#isShown && this.#terminal.colour) this.#terminal.err('\r\x1b[K');
  }
}
