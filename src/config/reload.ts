import { setTimeout as wait } from 'node:timers/promises';
import { GateError, messageOf } from '../model/errors.ts';
import { formatProblem, type Problem } from '../model/position.ts';
import type { Log } from '../model/seams.ts';
import { NO_POLICIES, type Snapshot } from '../pipeline/snapshot.ts';
import { compilePolicies, type PolicySource, revisionOf } from '../policy/compile.ts';
import { readPolicyFiles } from './policy-files.ts';

/** Two readings this far apart must agree, so that a file that is being written is not taken for a finished one. */
const STILL = 30;

/** The policies in force. A change on disk takes their place only when it has no errors. */
export class LivePolicies {
  readonly #directory: string;
  readonly #log: Log;
  #snapshot: Snapshot = NO_POLICIES;
  /** What was looked at last, whether it was taken over or not. */
  #seen = '';
  #onChange: () => void = () => undefined;

  constructor(directory: string, log: Log) {
    this.#directory = directory;
    this.#log = log;
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /**
   * The first load.
   *
   * @throws GateError POLICY_UNREADABLE; POLICY_INVALID with every problem
   */
  load(): void {
    const sources = readPolicyFiles(this.#directory);
    this.#seen = revisionOf(sources);
    const { policies, problems } = compilePolicies(sources);
    if (!policies) throw new GateError('POLICY_INVALID', 'the policies have errors', { problems });
    this.#warn(problems);
    this.#snapshot = { policies, revision: policies.revision };
    const { revision, rules } = policies;
    this.#log.info({ revision, rules: rules.length, files: sources.length }, 'policies loaded');
    this.#warnOfNone(rules.length);
  }

  /** Calls back each time that other policies have come into force after the first load. One listener at a time. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** Takes over what has changed, or says what is wrong with it and keeps what is in force. Never rejects. */
  async look(): Promise<void> {
    try {
      const sources = await this.#settled();
      const revision = revisionOf(sources);
      if (revision === this.#seen) return;
      this.#seen = revision;
      this.#take(sources);
    } catch (error) {
      const cause = error instanceof GateError ? error.explain() : messageOf(error);
      if (cause === this.#seen) return;
      this.#seen = cause;
      const fields = { code: 'POLICY_UNREADABLE', cause, revision: this.#snapshot.revision };
      this.#log.error(fields, 'the policies cannot be read; the running ones stay in force');
    }
  }

  async #settled(): Promise<PolicySource[]> {
    let before = readPolicyFiles(this.#directory);
    if (revisionOf(before) === this.#seen) return before;
    for (;;) {
      await wait(STILL);
      const now = readPolicyFiles(this.#directory);
      if (revisionOf(now) === revisionOf(before)) return now;
      before = now;
    }
  }

  #take(sources: readonly PolicySource[]): void {
    const { policies, problems } = compilePolicies(sources);
    if (!policies) {
      const { revision } = this.#snapshot;
      const found = problems.map(formatProblem);
      const fields = { code: 'POLICY_INVALID', revision, problems: found };
      this.#log.error(fields, 'the changed policies have errors; the running ones stay in force');
      return;
    }
    this.#warn(problems);
    const { revision, rules } = policies;
    const fields = { revision, replaces: this.#snapshot.revision, rules: rules.length };
    this.#snapshot = { policies, revision };
    this.#log.info(fields, 'policies reloaded');
    this.#warnOfNone(rules.length);
    this.#onChange();
  }

  #warnOfNone(rules: number): void {
    if (rules > 0) return;
    const fields = { code: 'POLICY_MISSING', directory: this.#directory };
    this.#log.warn(fields, 'there are no rules, so everything is blocked');
  }

  #warn(problems: readonly Problem[]): void {
    for (const problem of problems) {
      this.#log.warn({ code: problem.code }, formatProblem(problem));
    }
  }
}
