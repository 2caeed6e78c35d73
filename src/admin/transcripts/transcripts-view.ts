import type { ExchangeRecord } from '../../model/transcript.ts';
import type { Found, StoredEvent } from '../../store/contract.ts';

/** An exchange on one line of a list. */
export function exchangeLine({ openedAt, closedAt, ...exchange }: ExchangeRecord) {
  const { id, ...facts } = exchange;
  return {
    ...{ id, openedAt: time(openedAt) },
    ...(closedAt === undefined
      ? {}
      : { closedAt: time(closedAt), took: Math.max(0, round(closedAt - openedAt)) }),
    ...facts,
  };
}

/** What was found, on one line. */
export function foundLine({ exchange, hit }: Found) {
  const line = exchangeLine(exchange);
  return hit === undefined ? line : { ...line, hit: { ...hit, at: time(hit.at) } };
}

/** A step. Its payload is the text that was recorded: JSON, which whoever reads may parse. */
export function stepLine({ exchange: _, original: __, at, ...step }: StoredEvent) {
  return { ...step, at: time(at) };
}

/** RFC 3339, in UTC. */
function time(at: number): string {
  return new Date(at).toISOString();
}

/** To a microsecond. */
function round(milliseconds: number): number {
  return Math.round(milliseconds * 1_000) / 1_000;
}
