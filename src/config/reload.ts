import { createHash } from 'node:crypto';
import { GateError, messageOf } from '../model/errors.ts';
import { formatProblem, type Problem } from '../model/position.ts';
import type { Log } from '../model/seams.ts';
import { NO_POLICIES, type Snapshot } from '../pipeline/snapshot.ts';
import { type Compilation, compilePolicies, type PolicySource } from '../policy/compile.ts';
import type { PolicyOrigin, PolicyReading } from './policy-origin.ts';
import { Turns } from './turns.ts';

/** Policies that compiled, and what they were read from. */
export interface InForce {
  readonly reading: PolicyReading;
  readonly snapshot: Snapshot;
  /** SHA-256 of the files, in hexadecimal. */
  readonly digest: string;
  /** What the compiler warns of. */
  readonly warnings: readonly Problem[];
}

export type Compile = (sources: readonly PolicySource[]) => Compilation | Promise<Compilation>;

/** The policies in force. Others take their place only when they have no errors. */
export class LivePolicies {
  readonly #origin: PolicyOrigin;
  readonly #log: Log;
  readonly #compile: Compile;
  readonly #turns = new Turns();
  #snapshot: Snapshot = NO_POLICIES;
  #inForce: InForce | undefined;
  /** What was looked at last, whether it was taken over or not. */
  #seen = '';
  readonly #listeners: (() => void)[] = [];

  constructor(origin: PolicyOrigin, log: Log, compile: Compile = compilePolicies) {
    this.#origin = origin;
    this.#log = log;
    this.#compile = compile;
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** What the snapshot was made of; undefined where nothing is in force. */
  get inForce(): InForce | undefined {
    return this.#inForce;
  }

  /** Where policies come from. */
  get source(): Readonly<Record<string, string>> {
    return this.#origin.source;
  }

  /**
   * The first load. What was in force before the gate stopped serves where there is nothing better.
   *
   * @throws GateError POLICY_UNREADABLE; POLICY_INVALID with every problem
   */
  async load(): Promise<void> {
    const first = await this.#first().catch(async (error: unknown) => {
      const before = await this.#before(error);
      if (before || !this.#origin.startsWithout) return before ?? Promise.reject(error);
      this.#log.error(fieldsOf(error), 'the policies cannot be loaded, so everything is blocked');
      return undefined;
    });
    if (!first) return;
    await this.#install(first);
    const { files, source } = first.reading;
    const { revision } = first.snapshot;
    const fields = { revision, rules: rulesIn(first), files: files.length, ...source };
    this.#log.info(fields, 'policies loaded');
    this.#warnOfNone(first);
  }

  /** Calls back each time that other policies have come into force after the first load. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Takes over what has changed, or says what is wrong with it and keeps what is in force. Never rejects. */
  look(): Promise<void> {
    return this.alone(() => this.#look()).catch((error: unknown) => this.#say(error));
  }

  /** Runs what may change the policies while nothing else does. */
  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#turns.take(work);
  }

  /**
   * Compiles a reading.
   *
   * @throws GateError POLICY_INVALID with every problem
   */
  async check(reading: PolicyReading): Promise<InForce> {
    const { policies, problems } = await this.#compile(reading.files);
    if (!policies) throw new GateError('POLICY_INVALID', 'the policies have errors', { problems });
    const snapshot = { policies, revision: reading.revision ?? policies.revision };
    return { reading, snapshot, digest: digestOf(reading.files), warnings: problems };
  }

  /** Puts what was checked in the place of what is in force. */
  async put(next: InForce): Promise<void> {
    const before = this.#snapshot.revision;
    const same = this.#inForce?.digest === next.digest;
    await this.#install(next);
    const { revision } = next.snapshot;
    const fields = { revision, replaces: before, rules: rulesIn(next), ...commitOf(next.reading) };
    this.#log.info(fields, same ? 'policies unchanged in a new revision' : 'policies reloaded');
    this.#warnOfNone(next);
    if (same) return;
    for (const listener of this.#listeners) listener();
  }

  async #look(): Promise<void> {
    const reading = await this.#origin.read();
    if (!reading) return;
    const seen = nameOf(reading);
    if (seen === this.#seen) return;
    this.#seen = seen;
    const running = this.#inForce;
    if (running && nameOf(running.reading) === seen) {
      this.#log.info({ revision: this.#snapshot.revision }, 'the policies are as before again');
      return;
    }
    await this.put(await this.check(reading));
  }

  #say(error: unknown): void {
    const fields = fieldsOf(error);
    if (fields.code !== 'POLICY_INVALID') {
      if (fields.cause === this.#seen) return;
      this.#seen = fields.cause;
    }
    const isRead = fields.code === 'POLICY_INVALID';
    const what = isRead ? 'the changed policies have errors' : 'the policies cannot be read';
    const { revision } = this.#snapshot;
    this.#log.error({ ...fields, revision }, `${what}; the running ones stay in force`);
  }

  async #first(): Promise<InForce | undefined> {
    const reading = await this.#origin.read();
    if (reading) return this.check(reading);
    const fields = { code: 'POLICY_MISSING', ...this.#origin.source };
    this.#log.warn(fields, 'there are no policies yet, so everything is blocked');
    return undefined;
  }

  /** What was in force before the gate stopped, where what there is now can't be. */
  async #before(error: unknown): Promise<InForce | undefined> {
    const reading = await this.#origin.last?.().catch(() => undefined);
    const before = reading && (await this.check(reading).catch(() => undefined));
    if (!before) return undefined;
    const fields = { ...fieldsOf(error), revision: before.snapshot.revision };
    this.#log.error(fields, 'the policies cannot be loaded; the ones before stay in force');
    return before;
  }

  async #install(next: InForce): Promise<void> {
    this.#warn(next.warnings);
    this.#inForce = next;
    this.#snapshot = next.snapshot;
    this.#seen = nameOf(next.reading);
    await this.#origin.keep?.(next.reading).catch((error: unknown) => {
      this.#log.warn(fieldsOf(error), 'the policies in force cannot be kept for the next start');
    });
  }

  #warnOfNone(next: InForce): void {
    if (rulesIn(next) > 0) return;
    const fields = { code: 'POLICY_MISSING', ...this.#origin.source };
    this.#log.warn(fields, 'there are no rules, so everything is blocked');
  }

  #warn(problems: readonly Problem[]): void {
    for (const problem of problems) {
      this.#log.warn({ code: problem.code }, formatProblem(problem));
    }
  }
}

/** Found once for each reading: to look at many megabytes again and again would hold up calls. */
const digests = new WeakMap<readonly PolicySource[], string>();

/** SHA-256 of policy files, names and all, in hexadecimal; their order makes no difference. */
export function digestOf(files: readonly PolicySource[]): string {
  const known = digests.get(files);
  if (known !== undefined) return known;
  const sorted = [...files].sort((a, b) => (a.file < b.file ? -1 : 1));
  const text = JSON.stringify(sorted.map(({ file, text }) => [file, text]));
  const digest = createHash('sha256').update(text).digest('hex');
  digests.set(files, digest);
  return digest;
}

/** The same reading, the same name. */
function nameOf({ files, revision = '' }: PolicyReading): string {
  return `${revision} ${digestOf(files)}`;
}

function rulesIn({ snapshot }: InForce): number {
  return snapshot.policies?.rules.length ?? 0;
}

function commitOf({ source }: PolicyReading): object {
  return source.commit === undefined ? {} : { commit: source.commit };
}

/** What the log says of an error. */
function fieldsOf(error: unknown) {
  if (!(error instanceof GateError)) return { code: 'POLICY_UNREADABLE', cause: messageOf(error) };
  const { code, problems } = error;
  const cause = problems.length > 0 ? error.message : error.explain();
  return {
    code,
    cause,
    ...(problems.length > 0 && { problems: problems.map(formatProblem) }),
  };
}
