import type { Decision, LimitClaim } from '../../model/decision.ts';
import { messageOf } from '../../model/errors.ts';
import { type Frame, frameText } from '../../model/message.ts';
import type { Limiter, LimitReached, Log } from '../../model/seams.ts';
import { spanText } from '../../model/span-text.ts';
import type { Charge } from '../carried.ts';
import { forward, type Stage, type Verdict } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import { originalOf } from '../original.ts';
import type { RuleCounts } from '../rule-counts.ts';
import { blockFor, decisionDetail, refuse } from './decide.ts';
import { MAX_AGE } from './input-state.ts';
import { AnsweredQuestions } from './limit-answers.ts';
import { chargesOf, onceIn, resumptionName } from './limit-charges.ts';

export interface LimitOptions {
  readonly limiter: Limiter;
  readonly counts: RuleCounts;
  readonly log: Log;
}

/** How long a task's question is known to have been counted, in milliseconds. */
const ASKED_FOR = 86_400_000;
/** Seconds after which a call is worth another try that could not be counted. */
const TRY_AGAIN = 5;
/** Milliseconds between two lines of log on a store that fails, in which limits of shadow rules rest as well. */
const QUIET = 10_000;

/** What is counted of a request, under the name that it has if it counts once. */
type Counted = Pick<Named, 'claims' | 'once'>;
type Named = Omit<Charge, 'once'> & { readonly once: string | undefined };

/** Claims that could not be counted. */
interface Uncounted {
  readonly uncounted: LimitClaim;
}
type Outcome = LimitReached | Uncounted | undefined;
type Soon<Value> = Value | Promise<Value>;

/**
 * Counts each request that goes on, last before it is recorded: what is refused before, or can't be counted, takes
 * nothing or doesn't pass. So a crash can cost a count without a call, and never lets a call through uncounted.
 */
export function limit(options: LimitOptions): Stage {
  const counter = new Counter(options);
  return (frame, exchange) => {
    const charges = chargesOf(frame, exchange);
    if (charges.length === 0) return counter.verdict(undefined, frame, exchange);
    const taken = counter.takeAll(charges, resumptionName(frame, exchange), exchange);
    if (!(taken instanceof Promise)) return counter.verdict(taken, frame, exchange);
    const kept = keepText(frame, exchange);
    return taken.then((outcome) => {
      return exchange.closed ? OVER : counter.verdict(outcome, kept, exchange);
    });
  };
}

const OVER: Verdict = { kind: 'drop', reason: 'the call was over before it was counted' };

/** Should the call be given up while it waits to be counted, its transcript has what was asked all the same. */
function keepText(frame: Frame, exchange: Exchange): Frame {
  if (frame.direction !== 'up') return frame;
  const source = frameText(frame);
  exchange.attach(source, undefined, originalOf(exchange.came, frame.message));
  return { ...frame, source };
}

class Counter {
  readonly #limiter: Limiter;
  readonly #counts: RuleCounts;
  readonly #log: Log;
  readonly #answered = new AnsweredQuestions();
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor({ limiter, counts, log }: LimitOptions) {
    this.#limiter = limiter;
    this.#counts = counts;
    this.#log = log;
  }

  /** Takes what all of the charges claim, or nothing; then what shadow rules would count. */
  takeAll(
    charges: readonly Charge[],
    resumption: string | undefined,
    exchange: Exchange,
  ): Soon<Outcome> {
    const named = charges.map(({ claims, shadow, once }) => {
      return { claims, shadow, once: once && this.#answered.nameOf(once) };
    });
    return then(this.#charge(named, resumption, exchange), (outcome) => {
      return outcome ?? this.#shadow(named, resumption, exchange);
    });
  }

  verdict(outcome: Outcome, frame: Frame, exchange: Exchange): Verdict {
    if (!outcome) {
      this.#answered.note(frame, exchange);
      return forward(frame);
    }
    const now = exchange.now();
    const refused = 'uncounted' in outcome ? uncounted(outcome) : reached(outcome, now);
    const { rule } = 'uncounted' in outcome ? outcome.uncounted : outcome.claim;
    this.#counts.noteLimited(rule);
    const isOwn = frame.kind === 'result' || frame.kind === 'error';
    const before = isOwn ? exchange.decision : (exchange.passing ?? exchange.decision);
    const masks = exchange.decision?.masks ?? [];
    const decision: Decision = { ...(before ?? blockFor('')), ...refused.decision, masks };
    exchange.note('decided', { ...decisionDetail({ ...decision, would: [] }), ...refused.detail });
    if (frame.kind !== 'notification' && (isOwn || frame.direction === 'up')) {
      exchange.decision = decision;
    }
    return refuse(frame, decision, exchange);
  }

  /** Takes what requests claim together, without those that have been counted before. */
  #charge(
    charges: readonly Counted[],
    resumption: string | undefined,
    exchange: Exchange,
  ): Soon<Outcome> {
    const due = charges.filter(({ claims }) => claims.length > 0);
    if (due.length === 0) return undefined;
    if (resumption === undefined) return this.#takeNew(due, exchange);
    // The call was counted when it was made. What a client brings back for it fits more than once, and is free once.
    const free = onceIn(MAX_AGE, resumption);
    const claims = due.flatMap((charge) => charge.claims);
    return then(this.#take([free], exchange, claims), (outcome) => {
      if (!outcome || 'uncounted' in outcome) return outcome;
      return this.#takeNew(due, exchange);
    });
  }

  /** Each time that one turns out to be counted already, nothing was taken, and the others are tried without it. */
  #takeNew(charges: readonly Counted[], exchange: Exchange): Soon<Outcome> {
    if (charges.length === 0) return undefined;
    const names = new Set(charges.flatMap(({ once }) => once ?? []));
    const firsts = [...names].map((name) => onceIn(ASKED_FOR, name));
    const claims = charges.flatMap((charge) => charge.claims);
    return then(this.#take([...firsts, ...claims], exchange), (outcome) => {
      const known = outcome && !('uncounted' in outcome) ? outcome.claim.key : undefined;
      if (known === undefined || !names.has(known)) return outcome;
      return this.#takeNew(
        charges.filter(({ once }) => once !== known),
        exchange,
      );
    });
  }

  /** Counts what limits of shadow rules bound, each rule by itself, and notes which would have refused. */
  #shadow(
    charges: readonly Named[],
    resumption: string | undefined,
    exchange: Exchange,
  ): Soon<Outcome> {
    const rules = new Set(charges.flatMap(({ shadow }) => shadow.map(({ rule }) => rule)));
    if (rules.size === 0 || this.#rests(exchange)) return undefined;
    const steps = [...rules].map((rule) => () => {
      const ofRule = (name: string | undefined) => name && `shadow ${rule} ${name}`;
      const own = charges.map(({ shadow, once }) => {
        return { claims: shadow.filter((claim) => claim.rule === rule), once: ofRule(once) };
      });
      return then(this.#charge(own, ofRule(resumption), exchange), (outcome) => {
        if (outcome && 'until' in outcome && !exchange.closed) {
          this.#counts.noteWould([rule]);
          exchange.note('decided', wouldDetail(outcome, exchange));
        }
        return undefined;
      });
    });
    return inTurn(steps);
  }

  /** Never rejects. */
  #take(
    claims: readonly LimitClaim[],
    exchange: Exchange,
    blamed: readonly LimitClaim[] = claims,
  ): Soon<Outcome> {
    const failed = (error: unknown): Outcome => {
      this.#complain(exchange, messageOf(error));
      const claim = blamed.find(({ rule }) => rule !== '');
      return claim && { uncounted: claim };
    };
    try {
      const taken = this.#limiter.take(claims);
      return taken instanceof Promise ? taken.catch(failed) : taken;
    } catch (error) {
      return failed(error);
    }
  }

  #rests({ now }: Exchange): boolean {
    return now() - this.#toldAt < QUIET;
  }

  /** One line now and then: a store that fails does so for every call. */
  #complain(exchange: Exchange, cause: string): void {
    if (this.#rests(exchange)) return;
    this.#toldAt = exchange.now();
    const fields = { code: 'LIMIT_UNAVAILABLE', exchange: exchange.id, cause };
    this.#log.error(fields, 'calls that limits bound cannot be counted, so they are refused');
  }
}

/** Does the next step with a value, at once where it is there. */
function then<Value, Next>(value: Soon<Value>, next: (value: Value) => Soon<Next>): Soon<Next> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Runs steps one after the other, until one has an outcome. */
function inTurn(steps: readonly (() => Soon<Outcome>)[], from = 0): Soon<Outcome> {
  const step = steps[from];
  return step && then(step(), (outcome) => outcome ?? inTurn(steps, from + 1));
}

/** A limit is no secret of the rule's: whoever reaches it was let through before. */
function reached({ claim, until }: LimitReached, now: number) {
  const { rule, calls, per } = claim;
  const bound = `rule ${rule} lets ${calls} through in ${spanText(per)}`;
  if (!Number.isFinite(until)) {
    const reason = `${bound}, and what it counts by cannot be told`;
    return {
      decision: { effect: 'block', rule, denial: 'explain', reason } as const,
      detail: { limit: { rule, calls, per } },
    };
  }
  const retryAfter = Math.max(1, Math.ceil((until - now) / 1_000));
  return {
    decision: { effect: 'block', rule, denial: 'explain', reason: bound, retryAfter } as const,
    detail: { limit: { rule, calls, per, until: Math.ceil(until) } },
  };
}

function uncounted({ uncounted: { rule, calls, per } }: Uncounted) {
  const reason = `rule ${rule} has a limit, and calls cannot be counted now`;
  return {
    decision: {
      ...({ effect: 'block', rule, denial: 'explain', reason } as const),
      retryAfter: TRY_AGAIN,
    },
    detail: { code: 'LIMIT_UNAVAILABLE', limit: { rule, calls, per } },
  };
}

function wouldDetail({ claim, until }: LimitReached, { decision }: Exchange) {
  const { rule, calls, per } = claim;
  const { effect = 'allow', reason = '' } = decision ?? {};
  const limit = {
    rule,
    calls,
    per,
    ...(Number.isFinite(until) ? { until: Math.ceil(until) } : {}),
  };
  return { effect, reason, would: [{ rule, effect: 'limit' }], limit };
}
