import { chaptersOf } from '../../../replay/timeline/chapters.ts';
import type { Chapter } from '../../../replay/timeline/timeline-step.ts';
import { Totals } from '../../../replay/timeline/totals.ts';
import type { TranscriptReader } from '../../../store/contract.ts';
import { recordsOf, type Selection, toldOf } from './selection.ts';

/** What was selected, as often as it is gone through; what is recorded meanwhile does not change which exchanges it has. */
export class Timeline {
  readonly selection: Selection;
  readonly #reader: TranscriptReader;
  readonly #signal: AbortSignal;
  #last: string | undefined;

  constructor(reader: TranscriptReader, selection: Selection, signal: AbortSignal) {
    this.#reader = reader;
    this.selection = selection;
    this.#signal = signal;
  }

  /** Ids of its exchanges; undefined where it has more than these. */
  ids(most: number): string[] | undefined {
    const ids: string[] = [];
    for (const { id } of recordsOf(this.#reader, this.selection, { signal: this.#signal })) {
      if (ids.push(id) > most) return undefined;
    }
    return ids;
  }

  /**
   * Counts what there is.
   *
   * @param deep looks at each step as well, which takes longer
   * @throws GateError CLIENT_GONE: somebody asked to stop
   */
  count(deep: boolean): Totals {
    const totals = new Totals();
    const how = { signal: this.#signal };
    for (const record of recordsOf(this.#reader, this.selection, how)) {
      this.#last = record.id;
      totals.add({ record, events: deep ? this.#reader.events(record.id) : [] });
    }
    return totals;
  }

  /** The exchanges that were counted, oldest first, each with its steps when it is its turn. */
  chapters(): Generator<Chapter> {
    const how = { signal: this.#signal, last: this.#last };
    return chaptersOf(toldOf(this.#reader, this.selection, how));
  }
}
