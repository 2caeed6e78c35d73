import { GateError } from '../../model/errors.ts';
import type { IdentityFacts } from '../../model/identity.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Recorded } from '../../replay/recorded-subject.ts';
import type { TranscriptReader } from '../../store/contract.ts';
import { BulkReader } from '../../store/sqlite/bulk/bulk-reader.ts';
import type { Terminal } from '../verb.ts';
import { databasePath, masterKeysOf, type Source } from './database.ts';

/** Which exchanges are meant. */
export interface TrafficFilter {
  /** Opened at or after, and before; milliseconds since the epoch. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Left out: all. */
  readonly upstreams?: readonly string[] | undefined;
}

/** How whoever asked reads: the database, its keys, and when to stop. */
export interface TrafficSource extends Source {
  /** Leaves originals sealed. */
  readonly 'masked-only'?: boolean | undefined;
}

/** Gives all traffic that is meant, oldest first, each time it is called. */
export type Traffic = () => Generator<Recorded>;

/**
 * Reads traffic in bulk, with originals where a master key is at hand, and closes the database when `read` is done.
 *
 * @throws GateError CONFIG_UNREADABLE, CONFIG_INVALID, STORE_UNREADABLE; CLIENT_GONE: somebody asked to stop
 */
export async function withTraffic<Result>(
  source: TrafficSource,
  { since, until, upstreams }: TrafficFilter,
  terminal: Terminal,
  read: (traffic: Traffic) => Promise<Result>,
): Promise<Result> {
  const originals = source['masked-only'] ? 'none' : 'if at hand';
  const keys = await masterKeysOf(source, terminal, originals);
  const filter = {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(upstreams === undefined ? {} : { upstreams }),
  };
  const reader = new BulkReader(databasePath(source, terminal), { filter, keys });
  try {
    return await read(() => bulkTraffic(reader, terminal.signal));
  } finally {
    reader.close();
  }
}

function* bulkTraffic(reader: BulkReader, signal: AbortSignal): Generator<Recorded> {
  const extent = reader.extent();
  const fact = (digest: string) => reader.fact(digest);
  for (const { record, events } of extent ? reader.exchanges(extent) : []) {
    if (signal.aborted) throw new GateError('CLIENT_GONE', 'interrupted');
    // What was done to transcripts is an exchange as well, which passed no gate.
    if (record.upstream === '') continue;
    const identity = identityFact(record.identity, fact);
    yield { record, events, ...(identity ? { identity } : {}), fact };
  }
}

function identityFact(
  digest: string | undefined,
  fact: (digest: string) => JsonObject | undefined,
): IdentityFacts | undefined {
  return digest === undefined ? undefined : (fact(digest) as IdentityFacts | undefined);
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
  const fact = (digest: string) => reader.fact(digest);
  for (let after = ''; ; ) {
    const records = reader.exchangesAfter(after, page);
    for (const record of records) {
      if (signal.aborted) throw new GateError('CLIENT_GONE', 'interrupted');
      if (record.openedAt >= until) continue;
      if (upstreams && !upstreams.includes(record.upstream)) continue;
      const identity = identityOf(record.identity, reader, identities);
      const events = reader.events(record.id);
      yield { record, events, ...(identity ? { identity } : {}), fact };
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
  const facts = reader.fact(digest) as unknown as IdentityFacts | undefined;
  known.set(digest, facts);
  return facts;
}
