/** What can be wrong with transcripts, by what `sallyport verify` says. */
export const wrongs = {
  changed: 'changed',
  removed: 'removed',
  inserted: 'inserted',
  reordered: 'reordered',
  erased: 'erased without a record of it',
  forged: 'not signed by the gate',
  'rolled-back': 'rolled back behind the checkpoint',
  unreadable: 'unreadable',
} as const;
export type Wrong = keyof typeof wrongs;

/** One place where transcripts are not what was signed. */
export interface Finding {
  readonly wrong: Wrong;
  /** Of the step; of the first one where more are meant; 0 where none is. */
  readonly position: number;
  /** Of the last step, where more than one are meant. */
  readonly last?: number;
  /** Id of the exchange, where that is known. */
  readonly exchange?: string;
  readonly seq?: number;
  /** Milliseconds since the epoch, as the row says. */
  readonly at?: number;
  /** What is wrong, as a clause. */
  readonly why: string;
}

/** Findings that are kept; all of them are counted. */
const MAX_KEPT = 100;

/** Collects findings: the first ones, and how many there are. */
export class Findings {
  readonly counts: Partial<Record<Wrong, number>> = {};
  #kept: Finding[] = [];

  add(finding: Finding): void {
    this.count(finding.wrong, 1 + (finding.last ?? finding.position) - finding.position);
    if (this.#kept.length < MAX_KEPT) this.#kept.push(finding);
  }

  /** Takes over what another one has. */
  merge(kept: readonly Finding[], counts: Readonly<Partial<Record<Wrong, number>>>): void {
    for (const [wrong, count] of Object.entries(counts)) this.count(wrong as Wrong, count);
    this.#kept = [...this.#kept, ...kept].sort(byPosition).slice(0, MAX_KEPT);
  }

  /** By position. */
  get kept(): readonly Finding[] {
    return this.#kept.sort(byPosition);
  }

  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  count(wrong: Wrong, more: number): void {
    this.counts[wrong] = (this.counts[wrong] ?? 0) + more;
  }
}

/** What has no position comes last: mostly it follows from something that has one. */
function byPosition(a: Finding, b: Finding): number {
  return (a.position || Number.MAX_VALUE) - (b.position || Number.MAX_VALUE);
}
