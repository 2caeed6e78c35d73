import type { EventKind, ExchangeRecord } from '../../model/transcript.ts';
import type {
  ExchangePage,
  FollowedPage,
  FollowedStep,
  StoredEvent,
  TranscriptReader,
} from '../contract.ts';
import { fits } from './fits.ts';
import { stepText } from './step-text.ts';
import { textMatch } from './text-match.ts';
import { type TextQuery, textQuery } from './text-query.ts';

type Source = Pick<TranscriptReader, 'eventsAfter' | 'stepsAfter' | 'exchange'>;

/** Characters of payloads after which a page ends, and steps that are read at a time, so that few can be large. */
const CHARACTERS = 4_000_000;
const BATCH = 16;
/** Steps of an exchange that are looked through at a time. */
const LOOKED_THROUGH = 128;
/** Kinds that an exchange always ends with, and those that it never does. */
const ENDS: readonly EventKind[] = ['answered', 'closed'];
const NO_ENDS: readonly EventKind[] = ['opened', 'received', 'decided', 'masked', 'held'];

/**
 * What came after a position, of exchanges that fit as they are now. With words: steps that have them, and the ends of
 * exchanges one of whose steps has them.
 *
 * @throws GateError SEARCH_TEXT
 */
export function followed(
  reader: Source,
  position: number,
  { limit, text, ...filter }: ExchangePage,
): FollowedPage {
  const query = text === undefined ? undefined : textQuery(text);
  const { events, hasMore } = eventsAfter(reader, position, limit);
  const known = new Map<string, ExchangeRecord | undefined>();
  const exchangeOf = (id: string) => {
    if (!known.has(id)) known.set(id, reader.exchange(id));
    return known.get(id);
  };
  const newest = new Map(events.map(({ exchange, position }) => [exchange, position]));
  const steps = events.flatMap((event): FollowedStep[] => {
    const exchange = exchangeOf(event.exchange);
    if (!exchange || !fits(exchange, filter)) return [];
    const isEnd = endsWith(event, exchange, newest, reader);
    if (query && !hasWords(query, event, isEnd, reader)) return [];
    return [{ event, exchange, isEnd }];
  });
  return {
    steps,
    position: events.at(-1)?.position ?? position,
    hasMore,
  };
}

/** As many as are asked for, unless they are too large together. */
function eventsAfter(reader: Source, position: number, limit: number) {
  const events: StoredEvent[] = [];
  let characters = 0;
  while (events.length < limit && characters < CHARACTERS) {
    const wanted = Math.min(BATCH, limit - events.length);
    const batch = reader.eventsAfter(events.at(-1)?.position ?? position, wanted);
    events.push(...batch);
    characters += batch.reduce((sum, { payload }) => sum + (payload?.length ?? 0), 0);
    if (batch.length < wanted) return { events, hasMore: false };
  }
  return { events, hasMore: true };
}

/**
 * Whether the exchange is over with this step. A block may be of one message among others.
 *
 * @param newest position of the last step of each exchange on the page: only that is worth looking what follows
 */
function endsWith(
  event: StoredEvent,
  exchange: ExchangeRecord,
  newest: ReadonlyMap<string, number>,
  reader: Source,
): boolean {
  if (ENDS.includes(event.kind)) return true;
  if (exchange.closedAt === undefined || NO_ENDS.includes(event.kind)) return false;
  if (newest.get(event.exchange) !== event.position) return false;
  return reader.stepsAfter(event.exchange, event.seq, 1).length === 0;
}

function hasWords(query: TextQuery, event: StoredEvent, isEnd: boolean, reader: Source): boolean {
  const has = (step: StoredEvent) => textMatch(query, stepText(step)) !== undefined;
  return has(event) || (isEnd && stepsOf(reader, event.exchange).some(has));
}

/** The steps of an exchange, a few at a time: there may be any number of them. */
function* stepsOf(reader: Source, exchange: string): Generator<StoredEvent> {
  for (let seq = -1; ; ) {
    const steps = reader.stepsAfter(exchange, seq, LOOKED_THROUGH);
    yield* steps;
    const last = steps.at(-1);
    if (!last) return;
    seq = last.seq;
  }
}
