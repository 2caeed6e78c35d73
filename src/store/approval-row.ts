import { type Approval, type ApprovalState, endOf } from '../model/approval.ts';
import { parseJson } from '../model/json.ts';

/** An approval as a database keeps it: what is looked for in columns, all of it in two JSON texts. */
export interface ApprovalRow {
  readonly id: string;
  readonly version: number;
  readonly state: ApprovalState;
  readonly binding: string;
  readonly issuer: string;
  readonly sub: string;
  readonly upstream: string;
  readonly method: string;
  readonly target: string;
  readonly breakGlass: boolean;
  readonly standing: boolean;
  /** When its time is over; null of one that has ended. */
  readonly ends: number | null;
  readonly endedAt: number | null;
  /** What never changes, and may be large. */
  readonly call: string;
  readonly rest: string;
}

export function rowOf(approval: Approval): ApprovalRow {
  const { call, ...rest } = approval;
  const { id, version, state, binding, ballots, standing, endedAt } = approval;
  return {
    id,
    version,
    state,
    binding,
    issuer: columnText(call.caller.issuer),
    sub: columnText(call.caller.sub),
    upstream: columnText(call.upstream),
    method: columnText(call.method),
    target: columnText(call.target),
    breakGlass: ballots.some(({ breakGlass }) => breakGlass === true),
    standing: standing !== undefined,
    ends: endOf(approval) ?? null,
    endedAt: endedAt ?? null,
    call: JSON.stringify(call),
    rest: JSON.stringify(rest),
  };
}

export function approvalOf({ call, rest }: Pick<ApprovalRow, 'call' | 'rest'>): Approval {
  return {
    ...(parseJson(rest) as unknown as Omit<Approval, 'call'>),
    call: parseJson(call) as unknown as Approval['call'],
  };
}

/**
 * Text as databases compare it. Neither NUL nor half of a surrogate pair, which they would refuse or replace, is left in
 * it, and no two texts become one.
 */
export function columnText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
