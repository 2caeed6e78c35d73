import type { ExchangeRecord } from '../../../model/transcript.ts';
import type { ExchangeRow } from '../search/exchange-row.ts';

/** Columns of an exchange beside those of a step; no id: it was removed. */
export type FedExchangeRow = Readonly<Omit<ExchangeRow, 'id'>> & { readonly id: string | null };

/** What to select: a database of an earlier sallyport, which is only read, lacks some columns. */
export function fedColumns(version: number) {
  const isLate = version >= 4;
  const kept = isLate ? 'kept, blob' : 'NULL AS kept, NULL AS blob';
  const names = ['id', 'opened_at', 'closed_at', 'upstream', 'method', 'target', 'session', 'sub'];
  const more = ['issuer', 'client', 'agent', 'protocol', 'outcome', 'effect', 'rule'];
  const later = version >= 2 ? ['ip', 'identity'] : ['NULL AS ip', 'NULL AS identity'];
  // Exchanges of before don't say with which step they ended.
  const newest = '(SELECT max(seq) FROM event AS other WHERE other.exchange = event.exchange)';
  const last = isLate ? `coalesce(exchange.last, ${newest})` : newest;
  const table = isLate ? 'fact' : 'identity';
  return {
    step: `position, event.exchange AS exchange, seq, at, kind, event.revision AS step_revision, detail, payload, ${kept}`,
    exchange: `${[...names, ...more, ...later].join(', ')}, exchange.revision AS revision`,
    ends: `CASE WHEN closed_at IS NULL THEN 0 ELSE seq = ${last} END`,
    facts:
      version >= 2
        ? `SELECT facts FROM ${table} WHERE digest = ?`
        : 'SELECT NULL AS facts WHERE ? IS NULL',
  };
}

/** The exchange of a row; undefined where it was removed. */
export function exchangeIn(row: FedExchangeRow): ExchangeRecord | undefined {
  const { id, opened_at: openedAt, closed_at, upstream, method, revision, outcome } = row;
  if (id === null) return undefined;
  const { target, session, sub, issuer, client, agent, protocol, ip, identity } = row;
  const { effect, rule } = row;
  const rest = {
    ...{ closedAt: closed_at, target, session, sub, issuer, client, agent, protocol, ip },
    ...{ identity, effect, rule },
  };
  const present = Object.entries(rest).filter(([, value]) => value !== null);
  return { id, openedAt, upstream, method, revision, outcome, ...Object.fromEntries(present) };
}
