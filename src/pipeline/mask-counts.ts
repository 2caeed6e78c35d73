import type { MaskReport } from '../mask/mask.ts';
import type { MaskerSpec } from '../model/decision.ts';

/** What masks have found of one kind since the gate started; never a value. */
export interface MaskCount {
  readonly rule: string;
  readonly upstream: string;
  /** The detector, the path, or the glob of the field's name: all as a policy has them. */
  readonly what: string;
  readonly masker: MaskerSpec['masker'];
  readonly findings: number;
}

/** What became of messages that masks were due on. */
export interface MaskedMessages {
  /** Something was masked in them. */
  readonly masked: number;
  /** They were large, so another thread masked them. */
  readonly aside: number;
  /** They could not be masked, and were refused. */
  readonly failed: number;
}

/** Kinds of findings that are counted apart; those beyond are counted as one. */
const MAX_KINDS = 10_000;
const OTHER = 'other';

/** Counts, in memory, what masks do. */
export class MaskCounts {
  readonly #counts = new Map<string, Omit<MaskCount, 'findings'> & { findings: number }>();
  readonly #messages = { masked: 0, aside: 0, failed: 0 };

  /** A message was masked. */
  note(reports: readonly MaskReport[], upstream: string): void {
    if (reports.length === 0) return;
    this.#messages.masked++;
    for (const { rule, what, masker, count } of reports) {
      this.#of({ rule, upstream, what, masker }).findings += count;
    }
  }

  /** A message was masked by another thread. */
  noteAside(): void {
    this.#messages.aside++;
  }

  noteFailed(): void {
    this.#messages.failed++;
  }

  counts(): readonly MaskCount[] {
    return [...this.#counts.values()].map((count) => ({ ...count }));
  }

  messages(): MaskedMessages {
    return { ...this.#messages };
  }

  #of(kind: Omit<MaskCount, 'findings'>): { findings: number } {
    const { rule, upstream, what, masker } = kind;
    const key = JSON.stringify([rule, upstream, what, masker]);
    const before = this.#counts.get(key);
    if (before) return before;
    if (this.#counts.size >= MAX_KINDS && rule !== OTHER) {
      return this.#of({ rule: OTHER, upstream: OTHER, what: OTHER, masker: 'redact' });
    }
    const count = { ...kind, findings: 0 };
    this.#counts.set(key, count);
    return count;
  }
}
