import type { PathSegment } from '../../model/decision.ts';
import type { MaskReport } from '../mask-report.ts';
import { formatPath } from '../place/path.ts';
import type { Due, Use } from '../use.ts';

const MAX_PLACES = 20;
/** A longer place is told by its beginning. */
const MAX_STEPS = 32;
const MAX_CHARACTERS = 256;

interface Entry {
  readonly use: Use;
  count: number;
  readonly places: string[];
}

/** Counts what masks do, and where. */
export class Tally {
  readonly #entries = new Map<string, Entry>();
  /** The same by use: to put a name together for each of many findings takes longer than to mask them. */
  readonly #byUse = new Map<Use, Entry>();
  /** The present place, once it was asked for. */
  #here: string | undefined;
  readonly #steps: (string | number)[] = [];
  /** The first step that must not be told: the name of a member that was masked. */
  #hidden = Number.POSITIVE_INFINITY;

  enter(step: string | number, isHidden = false): void {
    this.#here = undefined;
    if (isHidden) this.#hidden = Math.min(this.#hidden, this.#steps.length);
    this.#steps.push(step);
  }

  leave(): void {
    this.#here = undefined;
    this.#steps.pop();
    if (this.#hidden >= this.#steps.length) this.#hidden = Number.POSITIVE_INFINITY;
  }

  /** How deep the present place is. */
  get depth(): number {
    return this.#steps.length;
  }

  /** True where the present place is an element of a list. */
  get isElement(): boolean {
    return typeof this.#steps.at(-1) === 'number';
  }

  /** One use that was made at the present place. */
  count({ use }: Due): void {
    const entry = this.#byUse.get(use) ?? this.#entry(use);
    entry.count++;
    if (entry.places.length >= MAX_PLACES) return;
    this.#here ??= this.#place();
    if (!entry.places.includes(this.#here)) entry.places.push(this.#here);
  }

  #entry(use: Use): Entry {
    const key = `${use.rule}\n${use.what}\n${use.spec.masker}`;
    const entry = this.#entries.get(key) ?? { use, count: 0, places: [] };
    this.#entries.set(key, entry);
    this.#byUse.set(use, entry);
    return entry;
  }

  reports(): MaskReport[] {
    const entries = [...this.#entries.values()].sort((a, b) => a.use.id - b.use.id);
    return entries.map(({ use: { rule, what, spec }, count, places }) => {
      return { rule, what, masker: spec.masker, count, places };
    });
  }

  /** The path; a long one up to a step that is short enough. */
  #place(): string {
    let length = Math.min(this.#steps.length, this.#hidden, MAX_STEPS);
    let text = formatPath(this.#steps.slice(0, length) as PathSegment[]);
    while (text.length > MAX_CHARACTERS) {
      text = formatPath(this.#steps.slice(0, --length) as PathSegment[]);
    }
    return text;
  }
}
