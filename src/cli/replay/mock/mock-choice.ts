import { GateError } from '../../../model/errors.ts';
import { visible } from '../../../model/visible.ts';
import type { Recorded } from '../../../replay/recorded-subject.ts';
import type { TranscriptReader } from '../../../store/contract.ts';

/** Which exchanges are replayed. */
export interface MockChoice {
  /** Names of sessions; left out: those that the other members fit. */
  readonly sessions?: readonly string[] | undefined;
  /** Opened at or after, and before or at; milliseconds since the epoch. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly upstreams?: readonly string[] | undefined;
  readonly sub?: string | undefined;
}

/** Exchanges of one session; a session has no more than a client sends in its life. */
const MAX_OF_SESSION = 1_000_000;
/** Exchanges read at a time. */
const PAGE = 500;

/**
 * The exchanges that are meant, in the order they were opened.
 *
 * @throws GateError CLIENT_GONE: somebody asked to stop; USAGE: there is no such session
 */
export function* chosenIn(
  reader: TranscriptReader,
  choice: MockChoice,
  signal: AbortSignal,
): Generator<Recorded> {
  const { sessions, since, until, upstreams, sub } = choice;
  const all = sessions ? ofSessions(reader, sessions, signal) : ofTime(reader, choice, signal);
  for (const recorded of all) {
    const { record } = recorded;
    if (sub !== undefined && record.sub !== sub) continue;
    if (upstreams && !upstreams.includes(record.upstream)) continue;
    if (since !== undefined && record.openedAt < since) continue;
    if (until !== undefined && record.openedAt > until) continue;
    yield recorded;
  }
}

/** Page by page. */
function* ofTime(
  reader: TranscriptReader,
  { since, until = Number.POSITIVE_INFINITY, upstreams }: MockChoice,
  signal: AbortSignal,
): Generator<Recorded> {
  const [only, ...others] = upstreams ?? [];
  const upstream = only !== undefined && others.length === 0 ? { upstream: only } : {};
  const page = { ...upstream, ...(since === undefined ? {} : { since }), limit: PAGE };
  for (let after = ''; ; ) {
    const records = reader.exchangesAfter(after, page);
    for (const record of records) {
      if (signal.aborted) throw new GateError('CLIENT_GONE', 'interrupted');
      if (record.openedAt >= until) continue;
      if (upstreams && !upstreams.includes(record.upstream)) continue;
      yield { record, events: reader.events(record.id) };
    }
    const last = records.at(-1);
    if (!last) return;
    after = last.id;
  }
}

function* ofSessions(
  reader: TranscriptReader,
  sessions: readonly string[],
  signal: AbortSignal,
): Generator<Recorded> {
  const records = sessions.flatMap((name) => {
    return reader.exchanges({ session: sessionNamed(reader, name), limit: MAX_OF_SESSION });
  });
  // Ids sort by when they were made.
  const ordered = [...new Map(records.map((record) => [record.id, record])).values()].sort(
    (a, b) => (a.id < b.id ? -1 : 1),
  );
  for (const record of ordered) {
    if (signal.aborted) throw new GateError('CLIENT_GONE', 'interrupted');
    yield { record, events: reader.events(record.id) };
  }
}

/**
 * The session itself, or the one that an exchange belongs to.
 *
 * @throws GateError USAGE: there is none
 */
function sessionNamed(reader: TranscriptReader, name: string): string {
  if (reader.exchanges({ session: name, limit: 1 }).length > 0) return name;
  const exchange = reader.exchange(name);
  if (exchange?.session) return exchange.session;
  if (!exchange) {
    throw new GateError(
      'USAGE',
      `no session, and no exchange of one, is called "${visible(name)}"`,
      {
        hint: '"sallyport transcripts show" prints the session of an exchange',
      },
    );
  }
  throw new GateError('USAGE', `exchange ${visible(name)} belongs to no session`, {
    hint: 'clients of revision 2026-07-28 have none: choose by --since and --until',
  });
}
