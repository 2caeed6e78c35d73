import { GateError } from '../../model/errors.ts';
import type { IdentityFacts } from '../../model/identity.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Recorded } from '../../replay/recorded-subject.ts';
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
