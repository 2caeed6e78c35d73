import type { IdentityFacts } from '../../model/identity.ts';
import { parseJson } from '../../model/json.ts';
import type { ExchangeEnd, ExchangeRecord, TranscriptBatch } from '../../model/transcript.ts';
import type {
  ExchangeFilter,
  ExchangePage,
  StoredEvent,
  TranscriptReader,
  TranscriptStore,
} from '../contract.ts';

/** Transcripts in memory, for tests and for trying things out. Nothing survives. */
export class MemoryStore implements TranscriptStore, TranscriptReader {
  readonly #exchanges = new Map<string, ExchangeRecord>();
  readonly #events: StoredEvent[] = [];
  readonly #facts = new Map<string, string>();
  #closed = false;

  async append(batch: TranscriptBatch): Promise<void> {
    if (this.#closed) throw new Error('the store is closing');
    for (const { digest, facts } of batch.facts ?? []) this.#facts.set(digest, facts);
    for (const head of batch.opened) this.#exchanges.set(head.id, { ...head, outcome: 'open' });
    for (const event of batch.events) {
      this.#events.push({ ...event, position: this.#events.length + 1 });
    }
    for (const end of batch.closed) this.#end(end);
  }

  exchanges({ limit, since = 0, ...wanted }: ExchangeFilter): ExchangeRecord[] {
    const conditions = Object.entries(wanted).filter(([, value]) => value !== undefined);
    const fitting = [...this.#exchanges.values()]
      .filter((exchange) => exchange.openedAt >= since)
      .filter((exchange) => {
        return conditions.every(([key, value]) => exchange[key as keyof ExchangeRecord] === value);
      })
      // Ids begin with their time (UUIDv7), so their order is that of opening.
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    return fitting.slice(Math.max(0, fitting.length - limit));
  }

  exchange(id: string): ExchangeRecord | undefined {
    const exact = this.#exchanges.get(id);
    if (exact) return exact;
    const ending = [...this.#exchanges.values()].filter((exchange) => {
      return id !== '' && exchange.id.endsWith(id);
    });
    return ending.length === 1 ? ending[0] : undefined;
  }

  exchangesAfter(id: string, { limit, ...wanted }: ExchangePage): ExchangeRecord[] {
    const fitting = this.exchanges({ ...wanted, limit: Number.POSITIVE_INFINITY });
    return fitting.filter((exchange) => exchange.id > id).slice(0, limit);
  }

  identity(digest: string): IdentityFacts | undefined {
    const facts = this.#facts.get(digest);
    return facts === undefined ? undefined : (parseJson(facts) as unknown as IdentityFacts);
  }

  events(exchange: string): StoredEvent[] {
    return this.#events.filter((event) => event.exchange === exchange);
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

  #end({ id, ...end }: ExchangeEnd): void {
    const exchange = this.#exchanges.get(id);
    if (exchange) this.#exchanges.set(id, { ...exchange, ...end });
  }
}
