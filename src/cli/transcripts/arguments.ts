import { GateError } from '../../model/errors.ts';
import { suggest } from '../../model/nearest.ts';
import type { Outcome } from '../../model/transcript.ts';
import type { ExchangeFilter } from '../../store/contract.ts';
import { seeHelp } from '../report.ts';
import type { Terminal } from '../verb.ts';

/** Options of every sub-verb. */
export const sourceOptions = {
  config: { type: 'string', default: 'sallyport.yaml' },
  db: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** Options that narrow which exchanges are meant. */
export const filterOptions = {
  upstream: { type: 'string' },
  sub: { type: 'string' },
  target: { type: 'string' },
  method: { type: 'string' },
  outcome: { type: 'string' },
  rule: { type: 'string' },
  session: { type: 'string' },
} as const;

export const sourceHelp = `  --config FILE      configuration that names the database; default: sallyport.yaml
  --db FILE          the database itself`;
export const filterHelp = `  --upstream NAME    only of this upstream
  --sub SUBJECT      only of this caller
  --target NAME      only of this tool, resource or prompt
  --method METHOD    only of this method, such as tools/call
  --outcome OUTCOME  open, answered, blocked, failed, cancelled or delivered
  --rule ID          only what this rule decided
  --session NAME     only of this session`;

const outcomes: readonly Outcome[] = [
  'open',
  'answered',
  'blocked',
  'failed',
  'cancelled',
  'delivered',
];

export type Narrowing = Omit<ExchangeFilter, 'limit' | 'since'>;
type FilterValues = { readonly [Name in keyof typeof filterOptions]?: string | undefined };

/** @throws GateError USAGE: an outcome that doesn't exist */
export function narrowingOf(values: FilterValues): Narrowing {
  const { outcome } = values;
  if (outcome !== undefined && !outcomes.some((known) => known === outcome)) {
    const hint = suggest(outcome, outcomes);
    throw new GateError('USAGE', `no exchange has the outcome "${outcome}"`, { hint });
  }
  const names = Object.keys(filterOptions) as (keyof typeof filterOptions)[];
  return Object.fromEntries(
    names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  );
}

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
/** RFC 3339, section 5.6; a date alone is its midnight in UTC. */
const TIME = /^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d))?$/;

/**
 * The moment that `10m`, `2h` or an RFC 3339 time means, in milliseconds since the epoch.
 *
 * @throws GateError USAGE
 */
export function parseSince(text: string, now: number, option = 'since'): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (UNITS[unit] ?? 0);
  const at = TIME.test(text) ? Date.parse(text.replace(' ', 'T').toUpperCase()) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  const hint = 'such as 10m, 2h, 3d or 2026-01-31T12:00:00Z';
  throw new GateError('USAGE', `--${option} must be a time span or a time, not "${text}"`, {
    hint,
  });
}

/** @throws GateError USAGE */
export function parseLimit(text: string, verb: string): number {
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit > 0) return limit;
  const message = `--limit must be a whole number above 0, not "${text}"`;
  throw new GateError('USAGE', message, { hint: seeHelp(verb) });
}

/** @throws GateError USAGE: words where only options may stand */
export function refuseWords(words: readonly string[], verb: string): void {
  const [word] = words;
  if (word === undefined) return;
  throw new GateError('USAGE', `"${verb}" takes no "${word}"`, { hint: seeHelp(verb) });
}

/** Characters in a line of the terminal; undefined where the output isn't one. */
export function widthOf({ env }: Terminal): number | undefined {
  const told = Number(env.COLUMNS);
  if (Number.isInteger(told) && told > 0) return told;
  return process.stdout.isTTY ? process.stdout.columns : undefined;
}
