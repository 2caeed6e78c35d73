import type { ExportOrigin, ExportRecord } from '../replay/export/export-record.ts';
import type { Format } from '../replay/export/format.ts';
import { standingOf } from '../replay/export/standing.ts';
import type { StoredEvent } from '../store/contract.ts';
import type { ExportLine, SinkLimits, StepSource } from './contract.ts';
import { type RecordMaker, withoutPayloads } from './record-maker.ts';

export interface BatchReaderOptions {
  readonly source: Pick<StepSource, 'after'>;
  readonly maker: RecordMaker;
  readonly format: Format;
  readonly origin: ExportOrigin;
}

/** What was read from a position on. */
export interface Gathered {
  readonly lines: readonly ExportLine[];
  readonly characters: number;
  /** Positions of the first and the last record, and when the first was recorded; undefined without any. */
  readonly first?: number;
  readonly last?: number;
  readonly at?: number;
  /** Ids of the first and the last record. */
  readonly firstId?: string;
  readonly lastId?: string;
  /** All steps up to here were looked at. */
  readonly scanned: number;
  /** Positions that were passed and are there no more: retention was quicker. */
  readonly missed: number;
  /** It has all that a batch may have. */
  readonly full: boolean;
  /** There is nothing more to read for now. */
  readonly end: boolean;
}

/** Steps read at a time, and characters of them. */
const PAGE = 256;
const PAGE_CHARACTERS = 1_048_576;
/** Pages that one call reads, so that other exports have their turn. */
const MAX_PAGES = 16;
/** Positions that a batch reaches over, so that it is quickly read again, however little of them is wanted. */
const MAX_SPAN = 100_000;

export const nothingFrom = (position: number): Gathered => {
  return { lines: [], characters: 0, scanned: position, missed: 0, full: false, end: false };
};

/** Gathers the records of a batch. */
export class BatchReader {
  readonly #options: BatchReaderOptions;

  constructor(options: BatchReaderOptions) {
    this.#options = options;
  }

  /**
   * Goes on gathering, for some pages: where it has neither come to the end nor is full, there may be more.
   *
   * @param to the position to stop at; left out: where the batch is full
   */
  more(
    before: Gathered,
    limits: SinkLimits,
    { to, cut = false }: { to?: number; cut?: boolean } = {},
  ): Gathered {
    // biome-ignore format: one line says it
    const state = new Gathering(before);
    for (let page = 0; page < MAX_PAGES; page++) {
      const steps = this.#options.source.after(state.scanned, {
        ...{ steps: PAGE, characters: PAGE_CHARACTERS },
        ...{ payloads: this.#options.maker.readsPayloads, ...(to === undefined ? {} : { to }) },
      });
      for (const fed of steps) {
        const record = this.#options.maker.make(fed);
        const line = record && this.#line(record, limits, cut);
        const isRoom = to !== undefined || state.hasRoom(fed.step, line, limits);
        if (!isRoom) return state.gathered({ full: true, end: false });
        state.take(fed.step, line, record?.id);
      }
      if (steps.length === 0) {
        if (to !== undefined) state.pass(to);
        return state.gathered({ full: state.isFull(limits), end: true });
      }
    }
    return state.gathered({ full: state.isFull(limits), end: false });
  }

  /** The text of a record, without messages or cut where it would be longer than the sink takes. */
  #line(record: ExportRecord, { line: most }: SinkLimits, cut: boolean): ExportLine {
    const { format, origin } = this.#options;
    const whole = format.line(cut ? withoutPayloads(record) : record, origin);
    const { weight } = standingOf(record);
    const about = { at: record.step.at, weight };
    if (most === undefined || Buffer.byteLength(whole) <= most) return { ...about, text: whole };
    return { ...about, text: beginning(format.line(withoutPayloads(record), origin), most) };
  }
}

class Gathering {
  readonly lines: ExportLine[];
  characters: number;
  scanned: number;
  #missed: number;
  #about: Partial<Pick<Gathered, 'first' | 'last' | 'at' | 'firstId' | 'lastId'>>;

  constructor({ lines, characters, scanned, missed, full: _, end: __, ...about }: Gathered) {
    this.lines = [...lines];
    this.characters = characters;
    this.scanned = scanned;
    this.#missed = missed;
    this.#about = about;
  }

  /** A batch has one record at least, however large. */
  hasRoom(
    { position }: Pick<StoredEvent, 'position'>,
    line: ExportLine | undefined,
    { records, characters }: SinkLimits,
  ): boolean {
    if (this.lines.length === 0) return true;
    if (position - (this.#about.first ?? position) >= MAX_SPAN) return false;
    if (line === undefined) return true;
    return this.lines.length < records && this.characters + line.text.length <= characters;
  }

  isFull({ records, characters }: SinkLimits): boolean {
    return this.lines.length >= records || this.characters >= characters;
  }

  take(
    { position, at }: Pick<StoredEvent, 'position' | 'at'>,
    line?: ExportLine,
    id?: string,
  ): void {
    this.pass(position - 1);
    this.scanned = position;
    if (line === undefined) return;
    this.lines.push(line);
    this.characters += line.text.length;
    this.#about = {
      ...{ first: position, at, firstId: id ?? '' },
      ...this.#about,
      ...{ last: position, lastId: id ?? '' },
    };
  }

  /** Positions have no gaps: of what is not there up to this one all was removed. */
  pass(position: number): void {
    this.#missed += Math.max(0, position - this.scanned);
    this.scanned = Math.max(position, this.scanned);
  }

  gathered(how: Pick<Gathered, 'full' | 'end'>): Gathered {
    const { lines, characters, scanned } = this;
    return { ...this.#about, lines, characters, scanned, missed: this.#missed, ...how };
  }
}

/** As much of a text as so many bytes of UTF-8 have room for. */
function beginning(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes));
  return text.slice(0, read);
}
