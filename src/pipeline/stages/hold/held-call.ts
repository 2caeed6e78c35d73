import {
  type Approval,
  type ApprovalDemand,
  type AskedCall,
  isOpen,
} from '../../../model/approval.ts';
import type { Decision } from '../../../model/decision.ts';
import { GateError } from '../../../model/errors.ts';
import type { JsonObject } from '../../../model/json.ts';
import { frameText, type RequestFrame } from '../../../model/message.ts';
import { targetOf } from '../../../protocol/methods.ts';
import type { ApprovalRequest, Approvals } from '../../approval/approvals.ts';
import { bindingOf } from '../../approval/binding.ts';
import { asksTheSame } from '../../approval/demands.ts';
import { forward, type Verdict } from '../../contract.ts';
import type { Exchange } from '../../exchange.ts';
import { originalOf } from '../../original.ts';
import type { Quota } from '../../quota.ts';
import type { Snapshot } from '../../snapshot.ts';
import { endOfToken } from '../../token-expiry.ts';
import type { Waiting } from '../../waiting.ts';
import { blockFor, refuse } from '../decide.ts';
import { traceOf } from '../record.ts';
import { approvalAnswer, approvalFacts } from './hold-answer.ts';
import { askedCall } from './hold-call.ts';
import { demandsOn, type JudgeOptions, judgeAgain } from './hold-judge.ts';
import { endedMeanwhile, gaveUp, goesOn, grantOf, type HoldRounds } from './hold-rounds.ts';
import { Signs, wantsProgress } from './hold-signs.ts';

/** What calls that need approval are held with. */
export interface ApprovalOptions {
  readonly approvals: Approvals;
  readonly snapshot: () => Snapshot;
  /** URL of the page of an approval; undefined where the gate has none. */
  readonly pageOf: (approval: string) => string | undefined;
  /** How long a call is held, in milliseconds. */
  readonly wait: number;
  /** The same of one whose client wants to be told of progress. */
  readonly waitWithProgress: number;
  /** Calls that are held at a time; those beyond are told to call again. Left out: without bound. */
  readonly maxHeld?: number;
}

export interface HeldCallOptions extends ApprovalOptions, JudgeOptions {
  readonly rounds: HoldRounds;
  /** Writes what an exchange has noted; false where that can't be, and must. */
  readonly keep: (exchange: Exchange) => Promise<boolean>;
  /** Calls that each caller has waiting. */
  readonly held: Quota;
}

/** How often one call asks anew because others took the grants that it waited for. */
const MAX_ASKS = 8;
/** Characters of a name that a message repeats. */
const MAX_SHOWN = 200;
/** Seconds after which a call is worth another try that nobody could be asked about. */
const TRY_AGAIN = 5;

const OVER: Verdict = { kind: 'drop', reason: 'the call was over before it was approved' };

/** One call that waits for people, until it goes on or its client gets an answer. */
export class HeldCall {
  readonly #frame: RequestFrame;
  readonly #exchange: Exchange;
  readonly #waiting: Waiting;
  readonly #options: HeldCallOptions;
  readonly #signs: Signs;
  /** Its client was told to call again. */
  #waitsOn = false;
  /** It counts among those that its caller has waiting. */
  #isCounted = false;
  /** When its client is told to call again; milliseconds since the epoch. */
  readonly #until: number;

  /** @param frame as it would be sent */
  constructor(frame: RequestFrame, exchange: Exchange, waiting: Waiting, options: HeldCallOptions) {
    this.#frame = frame;
    this.#exchange = exchange;
    this.#waiting = waiting;
    this.#options = options;
    this.#signs = new Signs(frame, exchange, waiting);
    const { wait, waitWithProgress } = options;
    const most = exchange.now() + (wantsProgress(frame) ? waitWithProgress : wait);
    // Whoever it is by then has to show a token of then.
    this.#until = Math.min(most, endOfToken(exchange.identity));
  }

  /** What becomes of it. */
  async verdict(): Promise<Verdict> {
    try {
      return await this.#judged();
    } catch (error) {
      if (!(error instanceof GateError)) throw error;
      return this.#unasked(error);
    } finally {
      this.#signs.stop(!this.#waitsOn);
      if (this.#isCounted) this.#options.held.give(this.#exchange.identity);
    }
  }

  async #judged(): Promise<Verdict> {
    const { approvals, catalog } = this.#options;
    const exchange = this.#exchange;
    const demands = demandsOn(exchange);
    const call = askedCall(this.#frame, exchange, catalog);
    if (exchange.held && gaveUp(exchange)) return this.#givenUp(exchange.held.approval);
    if (await goesOn(approvals, exchange, call, demands)) return this.#goOn();
    const standing = await this.#byStanding(call, demands);
    if (standing) return standing;
    const request = { binding: bindingOf(call), call, demands };
    const ended = (await endedMeanwhile(approvals, exchange)) ?? (await this.#denied(request));
    return ended ? this.#answer(ended) : this.#asked(request);
  }

  /**
   * A no to the identical call, which stands for as long as a yes would have: a client that is told to call again hears
   * of it then, and nobody is asked the same over and over.
   */
  async #denied({ binding, demands }: ApprovalRequest): Promise<Approval | undefined> {
    const since = this.#exchange.now() - Math.min(...demands.map(({ window }) => window));
    const query = { states: ['denied'], binding, limit: 1 } as const;
    const [last] = await this.#options.approvals.list(query);
    const stands = last && (last.endedAt ?? 0) > since && asksTheSame(last.demands, demands);
    return stands ? last : undefined;
  }

  /** Made by a grant for calls alike, where there is one that fits; undefined otherwise. */
  async #byStanding(
    call: AskedCall,
    demands: readonly ApprovalDemand[],
  ): Promise<Verdict | undefined> {
    const { resumed } = this.#exchange;
    const found = await this.#options.approvals.standing(call, demands, resumed?.approval);
    for (const approval of found) {
      if (this.#exchange.closed) return OVER;
      const verdict = await this.#take(approval);
      if (verdict) return verdict;
    }
    return undefined;
  }

  async #asked(request: ApprovalRequest): Promise<Verdict> {
    const { approvals } = this.#options;
    for (let asks = 1; ; asks++) {
      if (this.#exchange.closed) return OVER;
      const approval = await approvals.ask(request);
      const verdict = await this.#awaited(approval);
      if (verdict) return verdict;
      // Others took the grant.
      const now = (await approvals.get(approval.id)) ?? approval;
      if (asks >= MAX_ASKS || this.#hasNobody) return this.#answer(now);
    }
  }

  /** Waits for an approval; undefined where somebody else has taken it. */
  async #awaited(first: Approval): Promise<Verdict | undefined> {
    const { approvals } = this.#options;
    let approval = first;
    for (let turn = 0; ; turn++) {
      if (this.#exchange.closed) return this.#left(approval);
      const settled = await this.#settled(approval, turn);
      if (settled) return settled.verdict;
      if (turn === 0) {
        const early = await this.#begin(approval);
        if (early) return early;
      }
      const signal = AbortSignal.any([this.#waiting.signal, this.#signs.declined]);
      await approvals.wait(approval.id, this.#until, signal);
      if (this.#signs.declined.aborted && !this.#exchange.closed) return this.#givenUp(approval.id);
      approval = (await approvals.get(approval.id)) ?? { ...approval, state: 'expired' };
    }
  }

  /** What an approval means for the call as it is; undefined while it waits. */
  async #settled(
    approval: Approval,
    turn: number,
  ): Promise<{ readonly verdict: Verdict | undefined } | undefined> {
    const { state } = approval;
    if (state === 'used') return { verdict: undefined };
    if (state === 'granted') return { verdict: await this.#take(approval) };
    if (state !== 'pending') return { verdict: this.#answer(approval) };
    // The first time it was judged just now.
    const changed = turn === 0 ? undefined : await this.#judgeAgain(approval);
    if (changed) return { verdict: changed };
    const isLate = turn > 0 && this.#exchange.now() >= this.#until;
    const isOver = isLate || this.#hasNobody || this.#options.approvals.stopping;
    if (isOver) return { verdict: this.#later(approval) };
    return this.#hasRoom() ? undefined : { verdict: this.#answer(approval) };
  }

  /** True where its caller may have one more call waiting: calls of others need room as well. */
  #hasRoom(): boolean {
    const { held } = this.#options;
    const { identity } = this.#exchange;
    if (this.#isCounted) return true;
    if (held.isFull(identity)) return false;
    held.take(identity);
    this.#isCounted = true;
    return true;
  }

  /** Records that the call waits, and tells its client. */
  async #begin(approval: Approval): Promise<Verdict | undefined> {
    const exchange = this.#exchange;
    const { rounds, pageOf, keep } = this.#options;
    const page = pageOf(approval.id);
    const message = this.#message();
    const facts = approvalFacts(approval, this.#decision, exchange, page);
    const early =
      page === undefined
        ? undefined
        : rounds.visit(this.#frame, exchange, approval, { url: page, message }, facts);
    const how = early ? ['input_required'] : this.#signs.start(approval, page, message);
    const rules = approval.demands.map(({ rule }) => rule);
    exchange.note('held', { approval: approval.id, rules, until: approval.expiresAt, how });
    if (early) return early;
    // Should the call be given up, or the gate be killed, while it waits, its transcript has what was asked.
    const { came } = exchange;
    const original = originalOf(came, this.#frame.message);
    exchange.attach(frameText(this.#frame), traceOf(this.#frame), original);
    if (await keep(exchange)) return undefined;
    throw new GateError('STORE_UNAVAILABLE', 'the transcript cannot be written');
  }

  /** Takes a grant for the call, if the policies of now still let it go on; undefined where somebody else has. */
  async #take(approval: Approval): Promise<Verdict | undefined> {
    const { approvals } = this.#options;
    const exchange = this.#exchange;
    const changed = await this.#judgeAgain(approval);
    if (changed) return changed;
    // What nobody hears of is not done; whoever calls again takes the grant.
    if (this.#hasNobody || this.#waiting.gone) return this.#answer(approval);
    const taken = await approvals.take(approval.id, exchange.id);
    if (exchange.closed) return OVER;
    if (!taken) return undefined;
    exchange.grant = grantOf(taken);
    exchange.note('resolved', resolution(taken));
    return forward(this.#frame);
  }

  /** What the policies of now make of the call, where that is not what people were asked. */
  async #judgeAgain(approval: Approval): Promise<Verdict | undefined> {
    const exchange = this.#exchange;
    const again = judgeAgain(this.#frame, exchange, this.#options);
    switch (again.kind) {
      case 'approve':
        return undefined;
      case 'allow': {
        await this.#withdraw(approval, 'cancelled', 'the rules ask for no approval any longer');
        if (exchange.closed) return OVER;
        exchange.note('resolved', { approval: approval.id, state: 'cancelled', effect: 'allow' });
        return forward(this.#frame);
      }
      case 'refuse':
        await this.#withdraw(approval, 'cancelled', 'the policy does not let the call through');
        return exchange.closed ? OVER : again.verdict;
      case 'changed': {
        const reason = 'the policy has changed';
        await this.#withdraw(approval, 'revoked', reason);
        return this.#answer({ ...approval, state: 'revoked', reason });
      }
    }
  }

  /** A grant for calls alike is not taken back because of one of them. */
  async #withdraw(
    { id, standing }: Approval,
    state: 'cancelled' | 'revoked',
    reason: string,
  ): Promise<void> {
    if (!standing) await this.#options.approvals.withdraw(id, state, reason);
  }

  #goOn(): Verdict {
    const { grant, closed } = this.#exchange;
    if (closed) return OVER;
    const { approval = null, round = 0 } = grant ?? {};
    this.#exchange.note('resolved', { approval, state: 'used', round });
    return forward(this.#frame);
  }

  /** The call is over, and nobody is answered. */
  async #left({ id }: Approval): Promise<Verdict> {
    if (this.#waiting.givenUp) {
      await this.#options.approvals.cancel(id, 'the client has given the call up');
    }
    return OVER;
  }

  /** The user does not want the call any longer. */
  async #givenUp(id: string): Promise<Verdict> {
    const reason = 'the user has given the call up';
    const { approvals } = this.#options;
    await approvals.cancel(id, reason);
    const approval = await approvals.get(id);
    if (this.#exchange.closed) return OVER;
    if (approval) return this.#answer({ ...approval, state: 'cancelled', reason });
    return refuse(this.#frame, blockFor(reason), this.#exchange);
  }

  /** It has waited for as long as it may. */
  #later(approval: Approval): Verdict {
    const { approvals, rounds, pageOf } = this.#options;
    const exchange = this.#exchange;
    const facts = approvalFacts(approval, this.#decision, exchange, pageOf(approval.id));
    const again =
      this.#hasNobody || approvals.stopping
        ? undefined
        : rounds.again(this.#frame, exchange, approval, facts);
    return again ?? this.#answer(approval);
  }

  #answer(approval: Approval): Verdict {
    const exchange = this.#exchange;
    if (exchange.closed) return OVER;
    const page = this.#options.pageOf(approval.id);
    this.#waitsOn = isOpen(approval);
    exchange.note('resolved', resolution(approval));
    return approvalAnswer(this.#frame, approval, this.#decision, exchange, page);
  }

  /** Nobody could be asked. */
  #unasked({ code, message }: GateError): Verdict {
    const exchange = this.#exchange;
    if (exchange.closed) return OVER;
    exchange.note('failed', { code, message });
    const retryAfter = code === 'APPROVAL_TOO_LARGE' ? {} : { retryAfter: TRY_AGAIN };
    exchange.decision = { ...this.#decision, effect: 'block', reason: message, ...retryAfter };
    return refuse(this.#frame, exchange.decision, exchange);
  }

  /** What the user is told who is asked to open the page. */
  #message(): string {
    const { method, params } = this.#frame.message;
    const { name } = targetOf(method, params);
    const { upstream } = this.#exchange;
    const { reason } = this.#decision;
    return `${name.slice(0, MAX_SHOWN)} on ${upstream} waits for approval: ${reason}`;
  }

  get #decision(): Decision {
    return this.#exchange.decision ?? blockFor('it needs approval');
  }

  /** Nobody waits for an answer any longer. */
  get #hasNobody(): boolean {
    return this.#waiting.signal.aborted;
  }
}

/** What a transcript says of how the wait has ended. */
function resolution({ id, state, ballots, reason, standing }: Approval): JsonObject {
  const by = ballots.map(({ by: { sub } }) => sub);
  return {
    ...{ approval: id, state },
    ...(by.length === 0 ? {} : { by }),
    ...(reason === undefined ? {} : { reason }),
    ...(ballots.some(({ breakGlass }) => breakGlass) ? { broke_glass: true } : {}),
    ...(standing ? { standing: { until: standing.until, calls: standing.calls } } : {}),
  };
}
