import type { Database } from 'better-sqlite3';
import type { MadeLeaf } from './leaf-maker.ts';
import type { StepRow } from './leaf-rows.ts';

/** A fact that steps name and that is not there, or not what its digest says. Plain data, for threads. */
export interface MissingFact {
  readonly digest: string;
  /** When the first and the last of those that name it came; milliseconds since the epoch. */
  first: number;
  last: number;
  /** Where it is named first. */
  readonly position: number;
  readonly exchange: string;
}

/** Facts that are remembered as being there, then forgotten at once. */
const MAX_KNOWN = 10_000;
/**
 * Where a detail may name a fact: the client with the first step, the tool with a decision. A quote within a JSON string
 * is escaped, so that this can't stand in one.
 */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['opened', '"client":"'],
  ['decided', '"tool":"'],
]);
/** Characters of a digest. */
const DIGEST = 32;

/** Looks whether the facts that exchanges and steps name are there. */
export class NamedFacts {
  readonly #isThere;
  readonly #known = new Set<string>();
  #missing = new Map<string, MissingFact>();

  constructor(db: Database) {
    this.#isThere = db.prepare<[string], number>('SELECT 1 FROM fact WHERE digest = ?').pluck();
  }

  /** @param made the leaf of the step, which is right */
  look(step: StepRow, { head, exchange, detail }: MadeLeaf): void {
    if (!exchange) return;
    const { identity, openedAt, secret } = exchange;
    if (head !== null && identity !== null) this.#need(identity, openedAt, step);
    // Of what was recorded before there were proofs nobody knows which of them were kept; what is erased names none.
    if (detail === null || secret === '') return;
    const name = NAMES.get(step.kind);
    if (name === undefined) return;
    for (let at = detail.indexOf(name); at !== -1; at = detail.indexOf(name, at + 1)) {
      const from = at + name.length;
      const digest = detail.slice(from, from + DIGEST);
      if (this.#isKnown(digest) || detail[from + DIGEST] !== '"') continue;
      if (isNamed(step.kind, detail, digest)) this.#note(digest, step.at, step);
    }
  }

  /** Those that are missing, since the last time. */
  take(): MissingFact[] {
    const missing = [...this.#missing.values()];
    this.#missing = new Map();
    return missing;
  }

  #need(digest: string, at: number, step: StepRow): void {
    if (!this.#isKnown(digest)) this.#note(digest, at, step);
  }

  #isKnown(digest: string): boolean {
    if (this.#known.has(digest)) return true;
    if (this.#isThere.get(digest) === undefined) return false;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.add(digest);
    return true;
  }

  #note(digest: string, at: number, { position, exchange }: StepRow): void {
    const before = this.#missing.get(digest);
    if (!before) {
      this.#missing.set(digest, { digest, first: at, last: at, position, exchange });
      return;
    }
    before.first = Math.min(before.first, at);
    before.last = Math.max(before.last, at);
  }
}

/** Whether it is the member that names a fact, and not one of the same name further inside. */
function isNamed(kind: string, detail: string, digest: string): boolean {
  const { client, tool, found } = (JSON.parse(detail) ?? {}) as Readonly<Record<string, unknown>>;
  if (kind === 'opened') return client === digest;
  // A tool that is pinned and should be looked at is told by its name.
  return tool === digest && found === undefined;
}
