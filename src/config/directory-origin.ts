import { setTimeout as wait } from 'node:timers/promises';
import { revisionOf } from '../policy/compile.ts';
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
  #settled = '';

  /** @param poll how often to look without a file event, in milliseconds */
  constructor(directory: string, poll: number) {
    this.#directory = directory;
    this.#poll = poll;
    this.source = { kind: 'directory', directory };
  }

  async read(): Promise<PolicyReading> {
    let before = readPolicyFiles(this.#directory);
    // At the start nothing is known of what is being written; a policy that is half there has errors.
    while (this.#settled !== '' && revisionOf(before) !== this.#settled) {
      await wait(STILL);
      const now = readPolicyFiles(this.#directory);
      if (revisionOf(now) === revisionOf(before)) break;
      before = now;
    }
    this.#settled = revisionOf(before);
    return { files: before, source: this.source };
  }

  watch(look: () => Promise<void>): () => void {
    return watchDirectory({ directory: this.#directory, poll: this.#poll, look });
  }
}
