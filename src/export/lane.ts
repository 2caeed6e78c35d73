import { hash } from 'node:crypto';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { GateError, messageOf } from '../model/errors.ts';
import { isCursorOf } from '../model/is-cursor-of.ts';
import type { Clock } from '../model/seams.ts';
import { askedDelay } from '../receiver/asked-delay.ts';
import { retryDelay } from '../receiver/retry-delay.ts';
import type { ExportOrigin } from '../replay/export/export-record.ts';
import type { Format } from '../replay/export/format.ts';
import { BatchReader, type Gathered, nothingFrom } from './batch-reader.ts';
import type { ExportBatch, Sink, SinkLimits, StepSource } from './contract.ts';
import type { CursorStore } from './cursor-store.ts';
import type { ExportFigures, ExportNews, RetentionStanding } from './export-news.ts';
import type { RecordMaker } from './record-maker.ts';
import { retentionStanding } from './retention-standing.ts';

export interface LaneOptions {
  readonly name: string;
  readonly from: 'oldest' | 'now';
  readonly source: StepSource;
  readonly maker: RecordMaker;
  readonly format: Format;
  readonly origin: ExportOrigin;
  readonly sink: Sink;
  readonly cursors: Pick<CursorStore, 'get' | 'put'>;
  readonly tell: (news: ExportNews) => void;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** How often to look whether something was recorded, in milliseconds. */
  readonly poll?: number;
  /** How long to wait after the database could not be read, in milliseconds. */
  readonly rest?: number;
}

const POLL = 250;
/** Milliseconds until a batch is sent again. */
const RETRY = { first: 1_000, longest: 300_000, asked: 3_600_000 } as const;
/** Positions, and milliseconds, after which the cursor is kept although nothing was to be sent: retention looks at it. */
const KEEP_EVERY = 10_000;
const KEEP_AFTER = 10_000;
/** Milliseconds until it goes on after the database could not be read. */
const FAULT = 5_000;
const TOO_LARGE = 'the receiver says that a record is too large, also without its messages';

/**
 * One export: reads what was recorded since its cursor, sends it in batches, and moves the cursor once the sink has taken
 * them. Where a batch ends is kept before it is sent, so that whatever comes between, the same records are sent again
 * under the same id. Nothing is dropped: a batch that is not taken is tried until it is.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #reader: BatchReader;
  readonly #stopping = new AbortController();
  readonly #giveUp = new AbortController();
  #limits: SinkLimits;
  #position = 0;
  #kept = 0;
  #keptAt = 0;
  #failures = 0;
  /** Times on end that the database could not be read, or the cursor not be kept. */
  #faults = 0;
  #sent = 0;
  #failed = 0;
  #missed = 0;
  #over = false;
  #hasBegun = false;
  /** Where the batch ends that is being sent. */
  #pending: number | null = null;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#reader = new BatchReader(options);
    this.#limits = options.sink.limits;
  }

  /** How it is doing now. */
  figures(): ExportFigures {
    const { name, source } = this.#options;
    const oldest = source.timeAfter(this.#position);
    return {
      ...{ name, sent: this.#sent, failed: this.#failed, missed: this.#missed },
      behind: Math.max(0, source.lastPosition() - this.#position),
      ...(oldest === undefined ? {} : { oldest }),
      failing: this.#failures > 0 || this.#faults > 0,
      retention: this.#retention,
    };
  }

  /** Runs until it is stopped. */
  async run(): Promise<void> {
    while (!this.#isOver) {
      await this.#patiently(async () => {
        // Before it knows where it was it must not go on: that would be the beginning.
        const pending = this.#hasBegun ? null : this.#begin();
        this.#hasBegun = true;
        if (pending !== null) return this.#deliver(pending);
        const gathered = await this.#gather();
        if (gathered?.last !== undefined) await this.#deliver(gathered.last, gathered);
      });
    }
    if (this.#hasBegun) this.#keep(this.#pending);
  }

  /** Sends what there is yet, for so many milliseconds. What is left is sent after the next start. */
  stop(within: number): void {
    this.#stopping.abort();
    setTimeout(() => this.#giveUp.abort(), within).unref();
  }

  /** Finds where to begin, and gives the end of the batch that was being sent when the gate ended, if there was one. */
  #begin(): number | null {
    const { name, from, source, cursors, tell } = this.#options;
    const cursor = cursors.get(name);
    const isForeign = cursor !== undefined && !isCursorOf(cursor, source);
    if (isForeign) {
      const message = 'the database is another one than was exported before: it begins anew';
      tell({ log: 'warn', fields: { export: name }, message });
    }
    if (cursor && !isForeign) {
      this.#position = cursor.position;
      this.#pending = cursor.pending;
      return cursor.pending;
    }
    this.#position = from === 'now' && !isForeign ? source.lastPosition() : beforeFirst(source);
    this.#keep(null);
    return null;
  }

  /** Reads until there is a batch to send; undefined where it was stopped before there was anything. */
  async #gather(): Promise<Gathered | undefined> {
    const { source, clock, poll = POLL } = this.#options;
    let gathered = nothingFrom(this.#position);
    let began = clock();
    let version: number | undefined;
    for (;;) {
      const seen = source.version();
      const isEmpty = gathered.last === undefined;
      if (seen !== version) gathered = this.#reader.more(gathered, this.#limits);
      if (isEmpty) began = clock();
      if (gathered.full) return gathered;
      if (gathered.last === undefined) gathered = this.#passOver(gathered);
      if (!gathered.end) {
        await turn();
        continue;
      }
      version = seen;
      const isDue = this.#isStopping || clock() - began >= this.#limits.wait;
      if (gathered.last !== undefined && isDue) return gathered;
      if (this.#isStopping) {
        this.#over = true;
        return undefined;
      }
      await this.#pause(poll);
    }
  }

  /** Sends what there is up to a position, until it is taken. */
  async #deliver(last: number, gathered?: Gathered): Promise<void> {
    let to = last;
    let cut = false;
    let current = gathered;
    this.#keep(to);
    while (!this.#isOver) {
      // What was erased or removed meanwhile is not sent any more, so it is read again.
      current ??= await this.#again(to, cut);
      if (current.last === undefined) return this.#advance(to, current);
      const outcome = await this.#send(current);
      if (outcome === 'taken') return this.#taken(to, current);
      const { length } = current.lines;
      current = undefined;
      if (outcome === 'too large' && length > 1) {
        to = this.#shorter(length);
        this.#keep(to);
      } else if (outcome === 'too large' && !cut) cut = true;
      else await this.#rest(outcome);
    }
  }

  /** Reads the records up to a position once more. */
  async #again(to: number, cut: boolean): Promise<Gathered> {
    let gathered = nothingFrom(this.#position);
    for (;;) {
      gathered = this.#reader.more(gathered, this.#limits, { to, cut });
      if (gathered.end) return gathered;
      await turn();
    }
  }

  /** Where a batch ends that has half as many records. */
  #shorter(records: number): number {
    const limits = { ...this.#limits, records: Math.floor(records / 2) };
    this.#limits = limits;
    return this.#reader.more(nothingFrom(this.#position), limits).last ?? this.#position;
  }

  async #send(gathered: Gathered): Promise<'taken' | 'too large' | GateError> {
    const { sink } = this.#options;
    try {
      return await sink.send(this.#batchOf(gathered), this.#giveUp.signal);
    } catch (error) {
      return error instanceof GateError
        ? error
        : new GateError('EXPORT_FAILED', error instanceof Error ? error.name : 'unknown');
    }
  }

  #batchOf({ lines, first = 0, at = 0, firstId = '', lastId = '' }: Gathered): ExportBatch {
    const { name, format, origin } = this.#options;
    const { type, extension } = format;
    const id = hash('sha256', `${name}\n${firstId}\n${lastId}`).slice(0, 32);
    const body = format.body(
      lines.map(({ text }) => text),
      origin,
    );
    return { id, first, firstId, at, lines, body, type, extension };
  }

  #taken(to: number, gathered: Gathered): void {
    const { name, tell, sink } = this.#options;
    this.#sent += gathered.lines.length;
    this.#advance(to, gathered);
    // A receiver that takes less does so for some records, and not for ever.
    if (this.#limits.records < sink.limits.records) {
      const records = Math.min(this.#limits.records * 2, sink.limits.records);
      this.#limits = { ...this.#limits, records };
    }
    if (this.#failures === 0) return;
    const fields = { export: name, failures: this.#failures };
    this.#failures = 0;
    tell({ log: 'info', fields, message: 'an export works again' });
  }

  async #rest(failure: GateError | 'too large'): Promise<void> {
    const { name, tell, clock, random } = this.#options;
    this.#failed++;
    this.#failures++;
    const retryAfter = failure === 'too large' ? undefined : failure.retryAfter;
    const delay = retryDelay(RETRY, this.#failures, askedDelay(retryAfter, clock()), random());
    if (this.#failures === 1) {
      const cause = failure === 'too large' ? TOO_LARGE : causeOf(failure);
      const fields = { code: 'EXPORT_FAILED', export: name, cause, again: Math.round(delay) };
      tell({ log: 'warn', fields, message: 'an export fails; it is tried until it works' });
    }
    // What is left is sent after the next start.
    if (this.#isStopping) this.#over = true;
    else await this.#pause(delay);
  }

  #advance(to: number, { missed }: Pick<Gathered, 'missed'>): void {
    this.#position = to;
    this.#miss(missed);
    this.#keep(null);
  }

  /** Steps without a record need no sending. */
  #passOver({ scanned, missed, end }: Gathered): Gathered {
    this.#miss(missed);
    this.#position = scanned;
    const age = Math.abs(this.#options.clock() - this.#keptAt);
    const isOld = scanned > this.#kept && age >= KEEP_AFTER;
    if (isOld || scanned - this.#kept >= KEEP_EVERY) this.#keep(null);
    return { ...nothingFrom(scanned), end };
  }

  #miss(steps: number): void {
    if (steps === 0) return;
    const { name, tell } = this.#options;
    this.#missed += steps;
    const message = 'steps were removed before they could be exported';
    tell({ log: 'warn', fields: { export: name, steps }, message });
  }

  #keep(pending: number | null): void {
    this.#pending = pending;
    const { name, source, cursors } = this.#options;
    const position = this.#position;
    this.#kept = position;
    this.#keptAt = this.#options.clock();
    cursors.put(name, { position, step: source.idAt(position) ?? null, pending });
  }

  /** The database may be unreadable for a while; nothing is lost by that. */
  async #patiently(work: () => Promise<void>): Promise<void> {
    const { name, tell, rest = FAULT } = this.#options;
    try {
      await work();
      this.#faults = 0;
    } catch (error) {
      this.#failed++;
      // Once: it would be the same for as long as it lasts.
      if (++this.#faults === 1) {
        const fields = { code: 'EXPORT_FAILED', export: name, cause: messageOf(error) };
        tell({ log: 'error', fields, message: 'an export cannot read or keep where it is' });
      }
      if (this.#isStopping) this.#over = true;
      else await this.#pause(rest);
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    const { signal } = this.#stopping;
    await wait(milliseconds, undefined, { signal }).catch(() => undefined);
  }

  get #retention(): RetentionStanding {
    // Before it knows where it was, all that was ever removed is ahead of it.
    if (!this.#hasBegun) return 'free';
    return retentionStanding(this.#position, this.#options.source);
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  get #isOver(): boolean {
    return this.#over || this.#giveUp.signal.aborted;
  }
}

/** What was removed before an export was there was never its own, and isn't missed. */
function beforeFirst(source: StepSource): number {
  const [first] = source.after(0, { steps: 1, characters: 1, payloads: false });
  return first === undefined ? 0 : first.step.position - 1;
}

function causeOf({ message, hint }: GateError): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}
