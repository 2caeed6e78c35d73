import { setTimeout as wait } from 'node:timers/promises';
import type { PolicySource } from '../policy/compile.ts';
import { readPolicyFiles } from './policy-files.ts';
import type { PolicyOrigin, PolicyReading } from './policy-origin.ts';
import { watchDirectory } from './watch.ts';

/** Two readings this far apart must agree, so that a file that is being written is not taken for a finished one. */
const STILL = 30;

/** Policies in a folder of this machine, or in one file. */
export class DirectoryOrigin implements PolicyOrigin {
  readonly source: Readonly<Record<string, string>>;
  readonly startsWithout = false;
  readonly #directory: string;
  readonly #poll: number;
  /** The last reading that was taken for finished. */
  #settled: PolicyReading | undefined;

  /** @param poll how often to look without a file event, in milliseconds */
  constructor(directory: string, poll: number) {
    this.#directory = directory;
    this.#poll = poll;
    this.source = { kind: 'directory', directory };
  }

  async read(): Promise<PolicyReading> {
    const settled = this.#settled;
    let files = readPolicyFiles(this.#directory);
    // What is as before is the same object: it is looked at often, and has to be taken apart once only.
    if (settled && areSame(files, settled.files)) return settled;
    // At the start nothing is known of what is being written; a policy that is half there has errors.
    while (settled) {
      await wait(STILL);
      const now = readPolicyFiles(this.#directory);
      if (areSame(now, files)) break;
      files = now;
    }
    this.#settled = { files, source: this.source };
    return this.#settled;
  }

  watch(look: () => Promise<void>): () => void {
    return watchDirectory({ directory: this.#directory, poll: this.#poll, look });
  }
}

function areSame(some: readonly PolicySource[], others: readonly PolicySource[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ file, text }, index) => {
      return file === others[index]?.file && text === others[index]?.text;
    })
  );
}
