import { posix } from 'node:path';
import { GateError, messageOf } from '../../model/errors.ts';
import type { PolicyOrigin, PolicyReading } from '../policy-origin.ts';
import { withoutPassword } from './git-command.ts';
import { GitMirror } from './git-mirror.ts';

export interface GitOriginOptions {
  readonly git: string;
  readonly ref: string;
  readonly path: string;
  /** How often to fetch, in milliseconds. */
  readonly every: number;
  /** Folder of the local copy. */
  readonly mirror: string;
  readonly authorization?: string | undefined;
  /** How long a fetch may take, in milliseconds; 2 minutes. */
  readonly timeout?: number;
}

const TIMEOUT = 120_000;
/** Longest pause after failures, in milliseconds. */
const LONGEST_PAUSE = 600_000;
/** Digits of a commit in logs and transcripts. */
const SHORT = 12;

/** Policies in a Git repository. The commit is their revision. */
export class GitOrigin implements PolicyOrigin {
  readonly source: Readonly<Record<string, string>>;
  readonly startsWithout = false;
  readonly #mirror: GitMirror;
  readonly #path: string;
  readonly #every: number;
  #read: { readonly commit: string; readonly reading: PolicyReading } | undefined;
  #failures = 0;

  constructor(options: GitOriginOptions) {
    const { git, ref, path, every, mirror, timeout = TIMEOUT, authorization } = options;
    this.#mirror = new GitMirror(mirror, { url: git, ref, timeout, authorization });
    this.#path = posix.normalize(path).replace(/\/+$/, '');
    this.#every = every;
    this.source = { kind: 'git', url: withoutPassword(git), ref, path };
  }

  async read(): Promise<PolicyReading> {
    try {
      const commit = await this.#mirror.fetch();
      const reading = await this.#reading(commit);
      this.#failures = 0;
      return reading;
    } catch (cause) {
      this.#failures++;
      throw this.#unreadable(cause);
    }
  }

  async last(): Promise<PolicyReading | undefined> {
    const commit = await this.#mirror.last();
    return commit === undefined ? undefined : this.#reading(commit);
  }

  /** The commit that was in force last; where none was, the one that was fetched last. Its `state` says which. */
  async local(): Promise<PolicyReading | undefined> {
    const { inForce, fetched } = await this.#mirror.local();
    const commit = inForce ?? fetched;
    if (commit === undefined) return undefined;
    const reading = await this.#reading(commit);
    const state = inForce === undefined ? 'fetched' : 'in force';
    return { ...reading, source: { ...reading.source, state } };
  }

  async keep({ source }: PolicyReading): Promise<void> {
    if (source.commit !== undefined) await this.#mirror.keep(source.commit);
  }

  watch(look: () => Promise<void>): () => void {
    let stopped = false;
    let timer: NodeJS.Timeout;
    const plan = () => {
      if (stopped) return;
      timer = setTimeout(() => void look().finally(plan), pauseAfter(this.#failures, this.#every));
    };
    plan();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }

  /** A commit never changes, so what was read of it once is what it has. */
  async #reading(commit: string): Promise<PolicyReading> {
    if (this.#read?.commit === commit) return this.#read.reading;
    const files = await this.#mirror.files(commit, this.#path);
    const source = { ...this.source, commit };
    const reading = { files, revision: commit.slice(0, SHORT), source };
    this.#read = { commit, reading };
    return reading;
  }

  #unreadable(cause: unknown): GateError {
    const { url = '', ref = '' } = this.source;
    const message = `cannot read ${ref} of ${url}: ${messageOf(cause)}`;
    const hint = cause instanceof GateError ? cause.hint : undefined;
    return new GateError('POLICY_UNREADABLE', message, { ...(hint && { hint }), cause });
  }
}

/** How long to wait for the next fetch, in milliseconds: twice as long after each failure in a row. */
export function pauseAfter(failures: number, every: number): number {
  return Math.min(every * 2 ** Math.min(failures, 20), Math.max(LONGEST_PAUSE, every));
}
