import { GateError } from '../../model/errors.ts';
import { instantOf } from '../../model/instant.ts';
import type { ExchangeFilter, SearchQuery } from '../../store/contract.ts';
import { textQuery } from '../../store/search/text-query.ts';
import type { AdminRequest } from '../route.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;
/** Longest text of a filter: URIs, and words that are looked for. */
const MAX_TEXT = 2_048;
const texts = [
  ...(['upstream', 'method', 'target', 'session', 'sub', 'issuer', 'client', 'agent'] as const),
  ...(['effect', 'rule', 'outcome', 'text'] as const),
] satisfies readonly (keyof ExchangeFilter)[];
const times = ['since', 'until'] as const;

/**
 * What a list is asked for.
 *
 * @throws GateError ADMIN_REQUEST
 */
export function listQuery(query: AdminRequest['query'], now: number): SearchQuery {
  checkNames(query, [...texts, ...times, 'cursor', 'limit']);
  const cursor = textOf(query.cursor, 'cursor');
  const spans = times.flatMap((name) => {
    const text = textOf(query[name], name);
    return text === undefined ? [] : [[name, timeOf(text, name, now)]];
  });
  return {
    ...filterOf(query),
    ...(Object.fromEntries(spans) as Pick<ExchangeFilter, 'since' | 'until'>),
    ...(cursor === undefined ? {} : { cursor }),
    limit: limitOf(query.limit),
  };
}

/**
 * What a stream is asked for.
 *
 * @throws GateError ADMIN_REQUEST, SEARCH_TEXT
 */
export function streamQuery(query: AdminRequest['query']): {
  readonly filter: ExchangeFilter;
  /** The position to begin behind; left out: from now on. */
  readonly after?: number;
  /** Every step, not only beginnings and ends of exchanges. */
  readonly steps: boolean;
} {
  checkNames(query, [...texts, 'after', 'steps']);
  const after = textOf(query.after, 'after');
  const steps = query.steps === 'true' || query.steps === '';
  if (query.steps !== undefined && !steps && query.steps !== 'false') {
    throw new GateError('ADMIN_REQUEST', 'steps is true or false');
  }
  const filter = filterOf(query);
  if (filter.text !== undefined) textQuery(filter.text);
  return { filter, steps, ...(after === undefined ? {} : { after: positionOf(after) }) };
}

/**
 * Which steps of an exchange are asked for.
 *
 * @throws GateError ADMIN_REQUEST
 */
export function stepsQuery(query: AdminRequest['query']): { readonly after: number } {
  checkNames(query, ['after']);
  const after = textOf(query.after, 'after');
  return { after: after === undefined ? -1 : positionOf(after) };
}

/**
 * A position of the transcript, such as a browser sends back as Last-Event-ID.
 *
 * @throws GateError ADMIN_REQUEST
 */
export function positionOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new GateError('ADMIN_REQUEST', 'a position is a whole number');
}

function filterOf(query: AdminRequest['query']): ExchangeFilter {
  const given = texts.flatMap((name) => {
    const value = textOf(query[name], name);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(given) as ExchangeFilter;
}

function checkNames(query: AdminRequest['query'], known: readonly string[]): void {
  const unknown = Object.keys(query).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const hint = `there are ${known.join(', ')}`;
  throw new GateError('ADMIN_REQUEST', 'an unknown parameter', { hint });
}

function textOf(given: string | string[] | undefined, name: string): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given === 'string' && given !== '' && given.length <= MAX_TEXT) return given;
  throw new GateError('ADMIN_REQUEST', `${name} must be one text`);
}

function timeOf(text: string, name: string, now: number): number {
  const at = instantOf(text, now);
  if (at !== undefined) return at;
  const hint = 'such as 10m, 2h, 3d or 2026-01-31T12:00:00Z';
  throw new GateError('ADMIN_REQUEST', `${name} must be a time span or a time`, { hint });
}

function limitOf(given: string | string[] | undefined): number {
  if (given === undefined) return DEFAULT_LIMIT;
  const limit = typeof given === 'string' && /^\d{1,6}$/.test(given) ? Number(given) : 0;
  if (limit > 0) return Math.min(limit, MAX_LIMIT);
  throw new GateError('ADMIN_REQUEST', 'limit must be a whole number above 0');
}
