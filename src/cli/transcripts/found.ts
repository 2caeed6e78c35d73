import type { Found, SearchQuery, TranscriptReader } from '../../store/contract.ts';

/** What was found, newest first, and where it goes on. */
export interface AllFound {
  readonly found: readonly Found[];
  readonly next?: string;
}

/**
 * Looks on, page by page, until there is as much as was asked for.
 *
 * @throws GateError SEARCH_TEXT, SEARCH_CURSOR
 */
export async function findAll(
  reader: Pick<TranscriptReader, 'search'>,
  { limit, cursor, ...filter }: SearchQuery,
  signal: AbortSignal,
): Promise<AllFound> {
  const found: Found[] = [];
  let next = cursor;
  do {
    const rest = { limit: limit - found.length, ...(next === undefined ? {} : { cursor: next }) };
    const page = reader.search({ ...filter, ...rest });
    found.push(...page.found);
    next = page.next;
    // A signal can only be heard when there is a turn for it.
    await new Promise((resolve) => setImmediate(resolve));
  } while (next !== undefined && found.length < limit && !signal.aborted);
  return { found, ...(next === undefined ? {} : { next }) };
}
