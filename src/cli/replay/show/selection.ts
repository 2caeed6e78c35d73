import { GateError } from '../../../model/errors.ts';
import type { ExchangeRecord } from '../../../model/transcript.ts';
import { visible } from '../../../model/visible.ts';
import type { Told } from '../../../replay/timeline/timeline-step.ts';
import type { ExchangeFilter, TranscriptReader } from '../../../store/contract.ts';

/** Which exchanges a timeline has: one, or all that fit. */
export type Selection =
  | { readonly kind: 'one'; readonly record: ExchangeRecord }
  | { readonly kind: 'all'; readonly filter: ExchangeFilter };

/** Exchanges read at a time. */
const PAGE = 200;

export interface Asked {
  /** An exchange, or a session. */
  readonly id?: string | undefined;
  /** The session that the exchange is part of, instead of the exchange. */
  readonly whole: boolean;
  readonly filter: ExchangeFilter;
}

/**
 * What is asked for; undefined where nothing has such an id.
 *
 * @throws GateError USAGE: an exchange that belongs to no session, or is narrowed further
 */
export function selectionOf(reader: TranscriptReader, asked: Asked): Selection | undefined {
  const { id, whole, filter } = asked;
  if (id === undefined) return { kind: 'all', filter };
  const record = reader.exchange(id);
  if (!record) {
    const isSession = reader.exchanges({ session: id, limit: 1 }).length > 0;
    return isSession ? { kind: 'all', filter: { ...filter, session: id } } : undefined;
  }
  if (whole) return { kind: 'all', filter: { ...filter, session: sessionOf(record) } };
  if (Object.keys(filter).length === 0) return { kind: 'one', record };
  const hint = 'leave the filters out, or add --whole for the session that it is part of';
  throw new GateError('USAGE', `"${visible(id)}" is one exchange`, { hint });
}

function sessionOf({ id, session }: ExchangeRecord): string {
  if (session) return session;
  // The gate makes sessions up for nobody: MCP 2026-07-28 has none.
  const hint =
    'its protocol has none; select by time and caller instead, such as --since 1h --sub ana';
  throw new GateError('USAGE', `the exchange ${id} belongs to no session`, { hint });
}

/**
 * The exchanges that were selected, oldest first, page by page.
 *
 * @param last ends with this one, so that a second pass has what the first had
 */
export function* recordsOf(
  reader: TranscriptReader,
  selection: Selection,
  { signal, last }: { readonly signal: AbortSignal; readonly last?: string | undefined },
): Generator<ExchangeRecord> {
  if (selection.kind === 'one') return yield selection.record;
  for (let after = ''; ; ) {
    const records = reader.exchangesAfter(after, { ...selection.filter, limit: PAGE });
    for (const record of records) {
      if (last !== undefined && record.id > last) return;
      if (signal.aborted) throw new GateError('CLIENT_GONE', 'interrupted');
      yield record;
    }
    after = records.at(-1)?.id ?? '';
    if (records.length < PAGE) return;
  }
}

/** The same with their steps. */
export function* toldOf(
  reader: TranscriptReader,
  ...given: [Selection, Parameters<typeof recordsOf>[2]]
): Generator<Told> {
  for (const record of recordsOf(reader, ...given)) {
    yield { record, events: reader.events(record.id) };
  }
}
