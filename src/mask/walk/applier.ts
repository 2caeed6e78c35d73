import type { Json } from '../../model/json.ts';
import type { REMOVED } from '../masker.ts';
import type { StrictestMasker } from '../maskers/strictest-masker.ts';
import type { Due } from '../use.ts';
import type { Hit, Stretch } from './hit.ts';
import { maskStretch, maskWhole } from './stretch-masker.ts';
import type { Tally } from './tally.ts';

/** Stands for what would take a value's place while it is only asked what is due. */
const WOULD_GO = '';

/** Masks what was found and counts it; or, when asked, only tells what would be due. */
export class Applier {
  readonly masker: StrictestMasker;
  readonly #tally: Tally;
  #isTrial = false;
  /** What was due since somebody asked. */
  #seen: Due[] | undefined;
  /** What is due to the value around, which only stricter things are masked inside of. */
  #around: readonly Due[] | undefined;

  constructor(masker: StrictestMasker, tally: Tally) {
    this.masker = masker;
    this.#tally = tally;
  }

  /** True while it is only asked what would be due. */
  get isTrial(): boolean {
    return this.#isTrial;
  }

  /** True inside of a value that is masked itself. */
  get isInside(): boolean {
    return this.#around !== undefined;
  }

  /** Those of several that count at the present place. */
  counting(due: readonly Due[]): readonly Due[] {
    return this.#around && due.length > 0 ? this.masker.outdoing(this.#around, due) : due;
  }

  /** Hits with what counts of them. */
  countingHits(hits: readonly Hit[]): readonly Hit[] {
    if (!this.#around || hits.length === 0) return hits;
    return hits
      .map((hit) => ({ ...hit, due: this.counting(hit.due) }))
      .filter(({ due }) => due.length > 0);
  }

  value(value: Json, due: readonly Due[]): Json | typeof REMOVED {
    this.#count(due);
    return this.#isTrial ? WOULD_GO : this.masker.value(value, due);
  }

  valueAsText(value: Json, due: readonly Due[]): string {
    this.#count(due);
    return this.#isTrial ? WOULD_GO : this.masker.valueAsText(value, due);
  }

  /** What takes the place of a stretch of text. */
  stretch(source: string, stretch: Stretch): string {
    this.#countHits(stretch.hits);
    return this.#isTrial ? WOULD_GO : maskStretch(source, stretch, this.masker);
  }

  /** The same where the stretch is the whole of a value. */
  whole(value: Json, stretch: Stretch): Json | typeof REMOVED {
    this.#countHits(stretch.hits);
    return this.#isTrial ? WOULD_GO : maskWhole(value, stretch, this.masker);
  }

  /** What would be due to what is found in the course of something that then counts for nothing. */
  trial(run: () => void): readonly Due[] {
    const before = this.#isTrial;
    this.#isTrial = true;
    const { due } = this.watch(run);
    this.#isTrial = before;
    return due;
  }

  /** Does something, and tells what was due in its course. */
  watch<Result>(run: () => Result): { readonly result: Result; readonly due: readonly Due[] } {
    const before = this.#seen;
    const seen: Due[] = [];
    this.#seen = seen;
    const result = run();
    this.#seen = before;
    const due = [...new Map(seen.map((one) => [one.use, one])).values()];
    before?.push(...due);
    return { result, due };
  }

  /** Does something inside of a value that is masked itself: only what is stricter is masked there. */
  inside<Result>(due: readonly Due[], run: () => Result): Result {
    const before = this.#around;
    this.#around = before ? [...before, ...due] : due;
    const result = run();
    this.#around = before;
    return result;
  }

  /** What was found in an encoded form as well counts once. */
  #countHits(hits: readonly Hit[]): void {
    if (hits.length === 1) {
      const [{ rewritten, due }] = hits as [Hit];
      if (rewritten === undefined) this.#count(due);
      return;
    }
    const plain = new Set(hits.filter((hit) => hit.decoded === undefined).map(({ due }) => due));
    for (const hit of hits) {
      const isKnown = hit.decoded !== undefined && plain.has(hit.due);
      // What is inside base64 was counted there.
      if (hit.rewritten === undefined && !isKnown) this.#count(hit.due);
    }
  }

  #count(due: readonly Due[]): void {
    this.#seen?.push(...due);
    if (this.#isTrial) return;
    for (const one of due) this.#tally.count(one);
  }
}
