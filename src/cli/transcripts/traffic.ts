import { GateError } from '../../model/errors.ts';
import type { IdentityFacts } from '../../model/identity.ts';
import type { Recorded } from '../../replay/recorded-subject.ts';
import type { TranscriptReader } from '../../store/contract.ts';

/** Which exchanges are meant. */
export interface TrafficFilter {
  /** Opened at or after, and before or at; milliseconds since the epoch. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Left out: all. */
  readonly upstreams?: readonly string[] | undefined;
}

/** Exchanges read at a time. */
const PAGE = 500;
/** Identities that are kept while reading. */
const MAX_IDENTITIES = 10_000;

/**
 * Every exchange that is meant, oldest first, with its steps, page by page.
 *
 * @throws GateError CLIENT_GONE: somebody asked to stop
 */
export function* trafficOf(
  reader: TranscriptReader,
  { since, until = Number.POSITIVE_INFINITY, upstreams }: TrafficFilter,
  signal: AbortSignal,
): Generator<Recorded> {
  const [only, ...others] = upstreams ?? [];
  const upstream = only !== undefined && others.length === 0 ? { upstream: only } : {};
  const page = { ...upstream, ...(since === undefined ? {} : { since }), limit: PAGE };
  const identities = new Map<string, IdentityFacts | undefined>();
  for (let after = ''; ; ) {
    const records = reader.exchangesAfter(after, page);
    for (const record of records) {
      if (signal.aborted) throw new GateError('CLIENT_GONE', 'interrupted');
      if (record.openedAt > until) continue;
      if (upstreams && !upstreams.includes(record.upstream)) continue;
      const identity = identityOf(record.identity, reader, identities);
      const events = reader.events(record.id);
      yield { record, events, ...(identity ? { identity } : {}) };
    }
    const last = records.at(-1);
    if (!last) return;
    after = last.id;
  }
}

/** The same object for the same digest, so that what is found out of it is found once. */
function identityOf(
  digest: string | undefined,
  reader: TranscriptReader,
  known: Map<string, IdentityFacts | undefined>,
): IdentityFacts | undefined {
  if (digest === undefined) return undefined;
  if (known.has(digest)) return known.get(digest);
  if (known.size >= MAX_IDENTITIES) known.clear();
  const facts = reader.identity(digest);
  known.set(digest, facts);
  return facts;
}
