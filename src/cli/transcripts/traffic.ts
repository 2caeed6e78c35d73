import { GateError } from '../../model/errors.ts';
import type { IdentityFacts } from '../../model/identity.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Recorded } from '../../replay/recorded-subject.ts';
import { BulkReader } from '../../store/sqlite/bulk/bulk-reader.ts';
import { type Opened, OpenedOriginals } from '../../store/sqlite/bulk/opened-originals.ts';
import { recordJudging } from '../keys/judging.ts';
import type { Terminal } from '../verb.ts';
import { databasePath, masterKeysOf, type Source } from './database.ts';

/** Which exchanges are meant, and what for. */
export interface TrafficFilter {
  /** The verb that reads them: `scan`. */
  readonly what: string;
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
 * Reads traffic in bulk, with originals where a master key is at hand, and closes the database when `read` is done. Who
 * has had originals opened is recorded then: nothing is to be printed before.
 *
 * @throws GateError CONFIG_UNREADABLE, CONFIG_INVALID, STORE_UNREADABLE, STORE_UNAVAILABLE; CLIENT_GONE: somebody asked
 *   to stop
 */
export async function withTraffic<Result>(
  source: TrafficSource,
  { what, since, until, upstreams }: TrafficFilter,
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
  const passes: BulkPass[] = [];
  const path = databasePath(source, terminal);
  const traffic = () => {
    const opened = new OpenedOriginals();
    const reader = new BulkReader(path, { filter, keys, opened });
    passes.push({ reader, opened });
    return bulkTraffic(reader, terminal.signal);
  };
  try {
    const result = await read(traffic);
    const { exchanges, count } = most(passes);
    recordJudging(source, terminal, { what, exchanges, count, filter });
    return result;
  } finally {
    for (const { reader } of passes) reader.close();
  }
}

/** All traffic once. */
interface BulkPass {
  readonly reader: BulkReader;
  readonly opened: Opened;
}

/** Each time the same is read, but not the same need be opened. */
function most(passes: readonly BulkPass[]): Opened {
  const none: Opened = { exchanges: [], count: 0 };
  return passes.reduce((best, { opened }) => (opened.count > best.count ? opened : best), none);
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
