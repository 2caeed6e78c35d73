import { isDeepStrictEqual } from 'node:util';
import { type ApprovalDemand, type ApprovalState, isOpen } from '../../../src/model/approval.ts';
import type { Decider } from '../../../src/pipeline/approval/approvals.ts';
import { decider, demand, MINUTE } from './desk.ts';

// What approvals must do, said once more, as plainly as possible: the model that the real ones are compared with.

/** Rules by the policy that is in force; what comes after rules of the same names asks for something else. */
export const policies: readonly (readonly ApprovalDemand[])[] = [
  [demand('ask')],
  [demand('ask', { quorum: 2, expires: 10 * MINUTE })],
  [
    demand('ask', { breakGlass: ['group:oncall'], window: 5 * MINUTE }),
    demand('sec', { by: ['user:sam'], notSelf: false }),
  ],
  [demand('open', { by: [], standing: 20 * MINUTE, reasonRequired: true })],
  [demand('ask', { quorum: 2, standing: 30 * MINUTE })],
];

export const callers = ['ann', 'bob'] as const;

export const people: readonly Decider[] = [
  decider('ann', { groups: ['dba', 'oncall'], email: 'ann@example.com', isApprover: true }),
  decider('ann', {
    ...{ issuer: 'https://other.test', groups: ['dba', 'oncall'], email: 'ann@example.com' },
  }),
  decider('ann-2', { groups: ['dba'], email: 'ANN@example.com' }),
  decider('dan', { groups: ['dba'], email: 'dan@example.com' }),
  decider('dan', { issuer: 'https://other.test', groups: ['dba'], email: 'dan@other.test' }),
  decider('dora', { groups: ['dba', 'oncall'], email: 'dora@example.com' }),
  decider('sam', { isApprover: true }),
  decider('eve', { groups: ['web'] }),
];

/** Who is behind each of {@link people}. */
const human = ['ann', 'ann', 'ann', 'dan', 'dan', 'dora', 'sam', 'eve'];

interface Vote {
  readonly person: number;
  readonly glass: boolean;
  readonly standing: boolean;
  readonly reason: boolean;
  readonly rules: readonly string[];
}

export interface ModelApproval {
  readonly id: string;
  readonly caller: string;
  readonly args: number;
  readonly demands: readonly ApprovalDemand[];
  state: ApprovalState;
  ends: number;
  votes: Vote[];
  standing: boolean;
  calls: number;
  rounds: number;
}

export interface ModelVerdict {
  readonly person: number;
  readonly verdict: 'approve' | 'deny';
  readonly glass: boolean;
  readonly reason: boolean;
  readonly standing: boolean;
}

export class Model {
  now: number;
  policy = 0;
  readonly approvals: ModelApproval[] = [];
  /** Steps that must be in the transcript. */
  readonly steps: string[] = [];

  constructor(now: number) {
    this.now = now;
  }

  get rules(): readonly ApprovalDemand[] {
    return policies[this.policy] ?? [];
  }

  /** The open one that a call joins; undefined where it must ask anew. */
  ask(caller: string, args: number): ModelApproval | undefined {
    const there = this.approvals.find((one) => {
      return one.caller === caller && one.args === args && isOpen(one);
    });
    if (!there || this.expire(there)) return undefined;
    if (this.isCurrent(there)) return there;
    this.end(there, 'revoked', 'revoke');
    return undefined;
  }

  opened(id: string, caller: string, args: number): void {
    const demands = this.rules;
    const ends = this.now + Math.min(...demands.map(({ expires }) => expires));
    this.approvals.push({
      ...{ id, caller, args, demands, ends, state: 'pending', votes: [] },
      ...{ standing: false, calls: 0, rounds: 0 },
    });
  }

  /** True where its time is over; it has ended then. */
  expire(one: ModelApproval): boolean {
    if (!isOpen(one) || this.now < one.ends) return false;
    this.end(one, one.calls > 0 ? 'used' : 'expired', 'expire');
    return true;
  }

  take(one: ModelApproval): boolean {
    if (one.state !== 'granted' || this.now >= one.ends) return false;
    one.calls++;
    if (!one.standing) one.state = 'used';
    return true;
  }

  /** @returns the state after it, or why it is refused */
  decide(one: ModelApproval, given: ModelVerdict): string {
    this.expire(one);
    const before = one.votes;
    const outcome = this.#decide(one, given);
    // The same words again are no step.
    if (outcome !== 'pending' || one.votes !== before)
      this.steps.push(`approvals/${given.verdict} ${outcome}`);
    return outcome;
  }

  end(one: ModelApproval, state: ApprovalState, step: string): void {
    one.state = state;
    this.steps.push(`approvals/${step} ${state}`);
  }

  isCurrent({ demands }: ModelApproval): boolean {
    return demands.every((demand) => this.rules.includes(demand));
  }

  #decide(one: ModelApproval, given: ModelVerdict): string {
    if (one.state !== 'pending') return 'APPROVAL_ENDED';
    const counts = this.#counts(one, given);
    if (typeof counts === 'string') return counts;
    if (!given.reason && (given.glass || counts.some((rule) => rule.reasonRequired)))
      return 'APPROVAL_REASON';
    const most = Math.min(...one.demands.map(({ standing = 0 }) => standing));
    if (given.standing && (given.glass || given.verdict === 'deny' || most === 0))
      return 'APPROVAL_STANDING';
    if (!this.isCurrent(one)) {
      this.end(one, 'revoked', 'revoke');
      return 'APPROVAL_OUTDATED';
    }
    if (given.verdict === 'deny') return become(one, 'denied');
    const { person, glass, standing, reason } = given;
    const rules = counts.map(({ rule }) => rule);
    const vote = { person, glass, standing, reason, rules };
    if (one.votes.some((other) => isDeepStrictEqual(other, vote))) return 'pending';
    const others = one.votes.filter((vote) => {
      return human[vote.person] !== human[person] || vote.glass !== glass;
    });
    one.votes = [...others, vote];
    if (!one.demands.every((demand) => isSatisfied(demand, one.votes))) return 'pending';
    one.standing = one.votes.every((vote) => vote.standing);
    const window = Math.min(...one.demands.map((demand) => demand.window));
    one.ends = this.now + (one.standing ? 10 * MINUTE : window);
    return become(one, 'granted');
  }

  /** Demands that a decision counts for, or why it counts for none. */
  #counts(one: ModelApproval, { person, verdict, glass }: ModelVerdict) {
    const who = people[person];
    if (!who) return 'APPROVAL_NOT_YOURS';
    const isNamed = (list: readonly string[]) =>
      list.some(
        (name) => name === `user:${who.sub}` || who.groups.some((g) => name === `group:${g}`),
      );
    if (glass) {
      if (verdict === 'deny' || who.sub !== one.caller || who.issuer.includes('other'))
        return 'APPROVAL_NOT_YOURS';
      const broken = one.demands.filter(({ breakGlass }) => isNamed(breakGlass));
      return broken.length > 0 ? broken : 'APPROVAL_SELF';
    }
    const named = one.demands.filter(({ by }) => (by.length > 0 ? isNamed(by) : who.isApprover));
    if (verdict === 'deny' && named.length === 0 && who.isApprover) return one.demands;
    if (named.length === 0) return 'APPROVAL_NOT_YOURS';
    if (verdict === 'deny') return named;
    const others = named.filter(({ notSelf }) => !notSelf || human[person] !== one.caller);
    return others.length > 0 ? others : 'APPROVAL_SELF';
  }
}

function become(one: ModelApproval, state: ApprovalState): ApprovalState {
  one.state = state;
  return state;
}

function isSatisfied({ rule, quorum }: ApprovalDemand, votes: readonly Vote[]): boolean {
  const yes = votes.filter(({ rules }) => rules.includes(rule));
  const different = new Set(yes.filter(({ glass }) => !glass).map(({ person }) => human[person]));
  return yes.some(({ glass }) => glass) || different.size >= quorum;
}
