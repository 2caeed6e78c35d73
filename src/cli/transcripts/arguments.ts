import { effects } from '../../model/decision.ts';
import { GateError } from '../../model/errors.ts';
import { instantOf } from '../../model/instant.ts';
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

/** The option that names master keys. */
export const keyOptions = { key: { type: 'string', multiple: true } } as const;
/** Options of verbs that open originals when they are told to. */
export const originalsOptions = {
  originals: { type: 'boolean', default: false },
  ...keyOptions,
} as const;

/** Options that narrow which exchanges are meant. */
export const filterOptions = {
  upstream: { type: 'string' },
  method: { type: 'string' },
  target: { type: 'string' },
  session: { type: 'string' },
  sub: { type: 'string' },
  issuer: { type: 'string' },
  client: { type: 'string' },
  agent: { type: 'string' },
  effect: { type: 'string' },
  rule: { type: 'string' },
  outcome: { type: 'string' },
} as const;

export const sourceHelp = `  --config FILE      configuration that names the database; default: sallyport.yaml
  --db FILE          the database itself`;
export const keyHelp = `  --key FILE         file with a master key, instead of those of the configuration; may be
                     given more than once`;
export const filterHelp = `  --upstream NAME    only of this upstream
  --method METHOD    only of this method, such as tools/call
  --target NAME      only of this tool, resource or prompt
  --session NAME     only of this session
  --sub SUBJECT      only of this caller
  --issuer URL       only of callers that this issuer knows
  --client ID        only of this OAuth client
  --agent NAME       only of this agent, as it names itself, with its version
  --effect EFFECT    only what was decided so: allow, block or approve
  --rule ID          only what this rule decided
  --outcome OUTCOME  open, answered, blocked, failed, cancelled or delivered`;

const outcomes: readonly Outcome[] = [
  'open',
  'answered',
  'blocked',
  'failed',
  'cancelled',
  'delivered',
];

export type Narrowing = Omit<ExchangeFilter, 'since' | 'until' | 'text'>;
type FilterValues = { readonly [Name in keyof typeof filterOptions]?: string | undefined };

/** @throws GateError USAGE: an effect or outcome that doesn't exist */
export function narrowingOf(values: FilterValues): Narrowing {
  checkWord('effect', values.effect, effects);
  checkWord('outcome', values.outcome, outcomes);
  const names = Object.keys(filterOptions) as (keyof typeof filterOptions)[];
  return Object.fromEntries(
    names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  );
}

function checkWord(name: string, given: string | undefined, known: readonly string[]): void {
  if (given === undefined || known.includes(given)) return;
  const hint = suggest(given, known);
  throw new GateError('USAGE', `no exchange has the ${name} "${given}"`, { hint });
}

/**
 * The moment that `10m`, `2h` or an RFC 3339 time means, in milliseconds since the epoch.
 *
 * @throws GateError USAGE
 */
export function parseSince(text: string, now: number, option = 'since'): number {
  const at = instantOf(text, now);
  if (at !== undefined) return at;
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
