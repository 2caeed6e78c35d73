import { GateError } from '../../model/errors.ts';
import type { ExchangeFilter } from '../../store/contract.ts';
import { textQuery } from '../../store/search/text-query.ts';
import { filterOptions, narrowingOf, parseSince } from './arguments.ts';

/** Options of verbs that take the whole filter of exchanges: what they say of themselves, time and words. */
export const wholeFilterOptions = {
  ...filterOptions,
  since: { type: 'string' },
  until: { type: 'string' },
  text: { type: 'string' },
} as const;

export const timeHelp = `  --since WHEN       opened since then: 10m, 2h, 3d, or 2026-01-31T12:00:00Z
  --until WHEN       opened before then`;
export const textHelp = `  --text WORDS       only where one step has these words; see "sallyport transcripts search --help"`;

type Values = { readonly [Name in keyof typeof wholeFilterOptions]?: string | undefined };

/**
 * The filter that a command line means.
 *
 * @throws GateError USAGE, SEARCH_TEXT
 */
export function filterOf({ text, ...values }: Values, now: number): ExchangeFilter {
  if (text !== undefined) textQuery(text);
  const since = values.since === undefined ? undefined : parseSince(values.since, now);
  const until = values.until === undefined ? undefined : parseSince(values.until, now, 'until');
  if (since !== undefined && until !== undefined && since > until) {
    throw new GateError('USAGE', '--since is after --until');
  }
  return {
    ...narrowingOf(values),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(text === undefined ? {} : { text }),
  };
}
