import type { Decision } from '../model/decision.ts';

/** What has become of one rule since the gate started. */
export interface RuleCount {
  /** Messages that it matched, enforced. */
  readonly matched: number;
  /** Messages that it decided, one way or the other. */
  readonly decided: number;
  /** Messages of which it would have decided something, in shadow. */
  readonly would: number;
  /** Messages that one of its limits refused. */
  readonly limited: number;
}

/** Rules of all revisions that are counted; the one that was new first is forgotten first. */
const MAX_RULES = 100_000;

/** Counts, in memory, what rules do. */
export class RuleCounts {
  readonly #counts = new Map<string, { -readonly [Name in keyof RuleCount]: number }>();

  note({ matched, rule, would }: Decision): void {
    for (const id of matched) this.#of(id).matched++;
    if (rule !== undefined) this.#of(rule).decided++;
    this.noteWould(would.map(({ rule: id }) => id));
  }

  /** Counts each of the rules once. */
  noteWould(rules: readonly string[]): void {
    for (const id of rules.length > 1 ? new Set(rules) : rules) this.#of(id).would++;
  }

  noteLimited(rule: string): void {
    this.#of(rule).limited++;
  }

  /** By the rule's id; a rule that is not there has done nothing. */
  counts(): ReadonlyMap<string, RuleCount> {
    return new Map([...this.#counts].map(([id, count]) => [id, { ...count }]));
  }

  #of(id: string) {
    const before = this.#counts.get(id);
    if (before) return before;
    const [oldest] = this.#counts.keys();
    if (this.#counts.size >= MAX_RULES && oldest !== undefined) this.#counts.delete(oldest);
    const count = { matched: 0, decided: 0, would: 0, limited: 0 };
    this.#counts.set(id, count);
    return count;
  }
}
