import { type ApprovalState, approvalStates } from '../../model/approval.ts';
import type { ApprovalQuery } from '../../model/approval-store.ts';
import { GateError } from '../../model/errors.ts';
import type { AdminRequest } from '../route.ts';

/** Which approvals somebody asks for. */
export interface ListQuery extends ApprovalQuery {
  /** Only those that they can approve now. */
  readonly mine: boolean;
}

const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 50;
/** Characters of a filter: names of tools and URIs. */
const MAX_TEXT = 2_048;
const known = [
  ...['state', 'upstream', 'target', 'caller', 'break-glass', 'standing'],
  ...['mine', 'before', 'limit'],
];

/** @throws GateError ADMIN_REQUEST */
export function listQuery(query: AdminRequest['query']): ListQuery {
  const unknown = Object.keys(query).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const hint = `there are ${known.join(', ')}`;
    throw new GateError('ADMIN_REQUEST', 'an unknown parameter', { hint });
  }
  const states = statesOf(query.state);
  const texts = (['upstream', 'target', 'caller', 'before'] as const).flatMap((name) => {
    const value = textOf(query[name], name);
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...(states.length > 0 ? { states } : {}),
    ...(Object.fromEntries(texts) as Pick<ApprovalQuery, 'upstream' | 'before'>),
    ...(isSet(query['break-glass'], 'break-glass') ? { breakGlass: true } : {}),
    ...(isSet(query.standing, 'standing') ? { standing: true } : {}),
    mine: isSet(query.mine, 'mine'),
    limit: limitOf(query.limit),
  };
}

/** `state=pending,granted`, `state=pending&state=granted`; left out, or `all`: every state. */
function statesOf(given: string | string[] | undefined): ApprovalState[] {
  const names = [given ?? []].flat().flatMap((text) => text.split(','));
  if (names.length === 1 && names[0] === 'all') return [];
  return [...new Set(names)].map((name) => {
    const state = approvalStates.find((one) => one === name);
    if (state) return state;
    const hint = `there are ${approvalStates.join(', ')}, and all`;
    throw new GateError('ADMIN_REQUEST', 'state is no state of an approval', { hint });
  });
}

function textOf(given: string | string[] | undefined, name: string): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given === 'string' && given !== '' && given.length <= MAX_TEXT) return given;
  throw new GateError('ADMIN_REQUEST', `${name} must be one text`);
}

/** Whoever writes it wrongly must not get another list than they think. */
function isSet(given: string | string[] | undefined, name: string): boolean {
  if (given === undefined || given === 'false') return false;
  if (given === 'true' || given === '') return true;
  throw new GateError('ADMIN_REQUEST', `${name} is true or false`);
}

function limitOf(given: string | string[] | undefined): number {
  if (given === undefined) return DEFAULT_LIMIT;
  const limit = typeof given === 'string' && /^\d{1,6}$/.test(given) ? Number(given) : 0;
  if (limit > 0) return Math.min(limit, MAX_LIMIT);
  throw new GateError('ADMIN_REQUEST', 'limit must be a whole number above 0');
}
