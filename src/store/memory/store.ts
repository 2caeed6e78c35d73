import { isObject, type JsonObject, parseJson } from '../../model/json.ts';
import type { ExchangeEnd, ExchangeRecord, TranscriptBatch } from '../../model/transcript.ts';
import type {
  ExchangeFilter,
  ExchangePage,
  Found,
  FoundPage,
  SearchQuery,
  StoredEvent,
  TranscriptReader,
  TranscriptStore,
} from '../contract.ts';
import { excerpt } from '../search/excerpt.ts';
import { fits } from '../search/fits.ts';
import { cursorText, searchPlace } from '../search/search-cursor.ts';
import { stepText } from '../search/step-text.ts';
import { textMatch } from '../search/text-match.ts';
import { textQuery } from '../search/text-query.ts';

/** Transcripts in memory, for tests and for trying things out. Nothing survives. */
export class MemoryStore implements TranscriptStore, TranscriptReader {
  readonly #exchanges = new Map<string, ExchangeRecord>();
  readonly #events: StoredEvent[] = [];
  readonly #facts = new Map<string, string>();
  readonly #keepsOriginals: boolean;
  #closed = false;

  /** @param options.originals keeps them, as they are; they are in memory only */
  constructor({ originals = false } = {}) {
    this.#keepsOriginals = originals;
  }

  async append(batch: TranscriptBatch): Promise<void> {
    if (this.#closed) throw new Error('the store is closing');
    for (const { digest, facts } of batch.facts ?? []) this.#facts.set(digest, facts);
    for (const head of batch.opened) this.#exchanges.set(head.id, { ...head, outcome: 'open' });
    for (const { original, ...event } of batch.events) {
      const came = original !== undefined && this.#keepsOriginals ? { original } : {};
      this.#events.push({ ...event, ...came, position: this.#events.length + 1 });
    }
    for (const end of batch.closed) this.#end(end);
  }

  exchanges({ limit, ...filter }: ExchangePage): ExchangeRecord[] {
    const fitting = this.#fitting(filter);
    return fitting.slice(Math.max(0, fitting.length - limit));
  }

  search({ limit, cursor, ...filter }: SearchQuery): FoundPage {
    if (filter.text !== undefined) return this.#searchWords(filter, filter.text, limit, cursor);
    const before = cursor === undefined ? undefined : searchPlace(cursor, false).before;
    const older = this.#fitting(filter).filter(({ id }) => before === undefined || id < before);
    const exchanges = older.slice(Math.max(0, older.length - limit)).reverse();
    const last = exchanges.at(-1);
    const next = last && older.length > limit ? { next: cursorText({ before: last.id }) } : {};
    return { found: exchanges.map((exchange) => ({ exchange })), ...next };
  }

  exchange(id: string): ExchangeRecord | undefined {
    const exact = this.#exchanges.get(id);
    if (exact) return exact;
    const ending = [...this.#exchanges.values()].filter((exchange) => {
      return id !== '' && exchange.id.endsWith(id);
    });
    return ending.length === 1 ? ending[0] : undefined;
  }

  exchangesAfter(id: string, { limit, ...filter }: ExchangePage): ExchangeRecord[] {
    const fitting = this.#fitting(filter);
    return fitting.filter((exchange) => exchange.id > id).slice(0, limit);
  }

  fact(digest: string): JsonObject | undefined {
    const text = this.#facts.get(digest);
    const facts = text === undefined ? undefined : parseJson(text);
    return facts !== undefined && isObject(facts) ? facts : undefined;
  }

  events(exchange: string): StoredEvent[] {
    return this.#events.filter((event) => event.exchange === exchange);
  }

  stepsAfter(exchange: string, seq: number, limit: number): StoredEvent[] {
    const later = this.events(exchange).filter((event) => event.seq > seq);
    return later.slice(0, limit);
  }

  eventsAfter(position: number, limit: number): StoredEvent[] {
    return this.#events.slice(position, position + limit);
  }

  lastPosition(): number {
    return this.#events.length;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #fitting({ text, ...filter }: ExchangeFilter): ExchangeRecord[] {
    const query = text === undefined ? undefined : textQuery(text);
    const fitting = [...this.#exchanges.values()].filter((exchange) => {
      if (!fits(exchange, filter)) return false;
      return !query || this.events(exchange.id).some((step) => textMatch(query, stepText(step)));
    });
    // Ids begin with their time (UUIDv7), so their order is that of opening.
    return fitting.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #searchWords(
    filter: ExchangeFilter,
    text: string,
    limit: number,
    cursor: string | undefined,
  ): FoundPage {
    const query = textQuery(text);
    const top = this.lastPosition();
    const place = cursor === undefined ? { position: top + 1, top } : searchPlace(cursor, true);
    const newest = new Map<string, { readonly position: number; readonly found: Found }>();
    for (const step of this.#events.slice(0, place.top)) {
      const told = stepText(step);
      const at = textMatch(query, told);
      const exchange = this.#exchanges.get(step.exchange);
      if (!at || !exchange || !fits(exchange, filter)) continue;
      const hit = { seq: step.seq, kind: step.kind, at: step.at, excerpt: excerpt(told, at) };
      newest.set(exchange.id, { position: step.position, found: { exchange, hit } });
    }
    const older = [...newest.values()]
      .filter(({ position }) => position < place.position)
      .sort((a, b) => b.position - a.position);
    const page = older.slice(0, limit);
    const position = page.at(-1)?.position;
    const hasMore = older.length > limit && position !== undefined;
    return {
      found: page.map(({ found }) => found),
      ...(hasMore ? { next: cursorText({ position, top: place.top }) } : {}),
    };
  }

  #end({ id, ...end }: ExchangeEnd): void {
    const exchange = this.#exchanges.get(id);
    if (exchange) this.#exchanges.set(id, { ...exchange, ...end });
  }
}
