import type { ExchangeRecord, Outcome } from '../../../model/transcript.ts';

/** An exchange as the database has it. */
export interface ExchangeRow {
  id: string;
  opened_at: number;
  closed_at: number | null;
  upstream: string;
  method: string;
  target: string | null;
  session: string | null;
  sub: string | null;
  issuer: string | null;
  client: string | null;
  agent: string | null;
  protocol: string | null;
  ip: string | null;
  identity: string | null;
  revision: string;
  outcome: Outcome;
  effect: string | null;
  rule: string | null;
}

const COLUMNS = `id, opened_at, closed_at, upstream, method, target, session, sub, issuer, client, agent,
  protocol, revision, outcome, effect, rule`;

/** The columns of an exchange, in a database of this version of the schema; `ip` and `identity` came with the second. */
export function exchangeColumns(version: number): string {
  return `${COLUMNS}, ${version < 2 ? 'NULL AS ip, NULL AS identity' : 'ip, identity'}`;
}

/** An exchange from its row: SQL's nulls are absent members. */
export function exchangeOf({ opened_at, closed_at, ...row }: ExchangeRow): ExchangeRecord {
  const all = { ...row, openedAt: opened_at, closedAt: closed_at };
  const present = Object.entries(all).filter(([, value]) => value !== null);
  return Object.fromEntries(present) as unknown as ExchangeRecord;
}
