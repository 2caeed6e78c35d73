import type { CompiledRule } from '../../policy/compiled-rule.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import { methodRow } from '../../protocol/methods.ts';
import type { RecordedCase } from '../recorded-case.ts';
import type { DifferenceRow } from './differences.ts';
import { Distinct } from './distinct.ts';
import type { Engine } from './engine.ts';
import { type DueClaim, LimitClaims } from './limit-claims.ts';
import type { LimitCandidate, LimitKind, LimitShare, LimitSide } from './limit-share.ts';
import type { PolicyJudge } from './policy-judge.ts';
import { type RecordedCount, recordedCount } from './recorded-count.ts';
import { resumption } from './resumption.ts';
import { callerKey, type NamedCaller } from './tally.ts';
import { openVerdict, type SureEffect, type Verdict } from './verdict.ts';

interface Judged {
  readonly verdict: Verdict;
  readonly judge: PolicyJudge | undefined;
}

/** An exchange that both have judged, by rules alone. */
export interface JudgedTwice {
  readonly count: RecordedCount;
  readonly before: Judged;
  readonly after: Judged;
  readonly row: DifferenceRow | undefined;
  readonly otherRule: boolean;
  readonly place: LimitKind['place'];
  /** It is counted, and not told. */
  readonly silent?: boolean;
}

type Claims = readonly DueClaim[];
const NONE: Claims = [];

/** Gathers what limits count, for somebody who has all of it in order of time. */
export class LimitGathering {
  /** False where no limit is in force. */
  readonly any: boolean;
  /** Answers that carried requests of their upstream's, which limits count as well, and are not judged. */
  inside = 0;
  readonly #policies: PolicySet;
  readonly #baseline: PolicySet | undefined;
  readonly #after: LimitClaims;
  readonly #before: LimitClaims | undefined;
  readonly #readsResult: boolean;
  readonly #ownQuestion: string;
  #kinds = new Distinct<LimitKind>();
  #callers = new Distinct<NamedCaller>();
  #claimed = new Distinct<Claims>();
  #candidates: LimitCandidate[] = [];
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  constructor(policies: PolicySet, baseline: PolicySet | undefined, engine: Engine) {
    this.#policies = policies;
    this.#baseline = baseline;
    this.#after = new LimitClaims(policies, engine);
    this.#before = baseline && new LimitClaims(baseline, engine);
    this.any = this.#after.any || this.#before?.any === true;
    const all = [...policies.rules, ...(baseline?.rules ?? [])];
    this.#ownQuestion = engine.ownQuestion;
    this.#readsResult = all.some(({ readsResult }) => readsResult);
  }

  /** Notes that there was an exchange. */
  see(openedAt: number): void {
    this.#first = Math.min(this.#first, openedAt);
    this.#last = Math.max(this.#last, openedAt);
  }

  /** @returns false where no limit counts it */
  add(found: RecordedCase, judged: JudgedTwice): boolean {
    const { silent = false } = judged;
    if (asksInside(found)) this.inside++;
    const [after, before] = this.#claims(found);
    if (after.length + before.length === 0) return false;
    const { count, row, otherRule, place } = judged;
    const { effect, possible, rule } = judged.before.verdict;
    const sides = {
      after: this.#side(found, count, judged.after, this.#policies),
      ...(this.#baseline && {
        before: this.#side(found, count, judged.before, this.#baseline),
      }),
    };
    const [at, apart] = this.#timeOf(found, count, sides);
    const claims = { after, before };
    this.#push(found, { ...count, at, until: count.at }, claims, {
      after: { ...sides.after, apart },
      ...(sides.before && { before: { ...sides.before, apart } }),
      ...{ row, otherRule, place, silent },
      ...{ beforeEffect: effect, beforePossible: possible, beforeRule: rule },
    });
    return true;
  }

  /** Counts what went on then and is not told: it was not over, or follows another right, which then is taken to last. */
  addUnjudged(found: RecordedCase, after: PolicyJudge, before: PolicyJudge | undefined): void {
    if (!this.any) return;
    const count = recordedCount(found);
    if (count.then !== 'went' && count.then !== 'approved') return;
    const isFollowing = methodRow(found.record.method).grant === 'task';
    const judged = (judge: PolicyJudge | undefined): Judged => {
      const possible = isFollowing ? undefined : judge?.sent(found);
      return { verdict: openVerdict(possible ?? ['allow'], undefined), judge };
    };
    const { upstream, method } = found.record;
    const facts = { row: undefined, otherRule: false, place: { upstream, method }, silent: true };
    this.add(found, { count, after: judged(after), before: judged(before), ...facts });
  }

  /** What was gathered since it was last taken; undefined where no limit is in force. */
  take(): LimitShare | undefined {
    if (!this.any || this.#last < this.#first) return undefined;
    const share: LimitShare = {
      ...{ first: this.#first, last: this.#last, candidates: this.#candidates },
      kinds: this.#kinds.values,
      callers: this.#callers.values,
      claims: this.#claimed.values,
    };
    this.#kinds = new Distinct();
    this.#callers = new Distinct();
    this.#claimed = new Distinct();
    this.#candidates = [];
    [this.#first, this.#last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    return share;
  }

  #claims(found: RecordedCase): readonly [Claims, Claims] {
    return [this.#after.of(found), this.#before?.of(found) ?? NONE];
  }

  #side(
    found: RecordedCase,
    { then }: RecordedCount,
    { verdict, judge }: Judged,
    policies: PolicySet,
  ): LimitSide {
    const { effect, possible, rule } = verdict;
    const asThen = found.record.revision === policies.revision;
    const goesOn = this.#goesOn(found, then, verdict, judge);
    const isAsked = goesOn === 'perhaps' && !asThen && possible.includes('approve');
    const late = isAsked && policies.rules.reduce(longest, 0);
    return { effect, possible, rule, asThen, goesOn, ...(late && { late }) };
  }

  /** When it is counted, and whether that is not the same for all: who waits for people is counted when they say yes. */
  #timeOf(
    found: RecordedCase,
    { at, then }: RecordedCount,
    { after, before }: { readonly after: LimitSide; readonly before?: LimitSide },
  ): readonly [at: number, apart: boolean] {
    if (then === 'stopped' || !wasHeld(found)) return [at, false];
    const sides = before ? [after, before] : [after];
    const waits = ({ asThen, possible }: LimitSide) => asThen || possible.includes('approve');
    const isAlone = ({ asThen, possible }: LimitSide) => asThen || possible.length === 1;
    const isSame = sides.every((side) => isAlone(side) && waits(side) === waits(after));
    return [isSame && waits(after) ? at : found.request.now, !isSame];
  }

  #goesOn(
    found: RecordedCase,
    then: RecordedCount['then'],
    { possible }: Verdict,
    judge: PolicyJudge | undefined,
  ): LimitSide['goesOn'] {
    // A yes that was given then is given now, and a no as well; what people say who were not asked, nobody knows.
    const held = wasHeld(found);
    const isGiven = then === 'approved' || (then === 'limited' && held);
    const passes = (effect: SureEffect) =>
      effect === 'allow' || effect === 'mask' || (effect === 'approve' && isGiven);
    if (possible.every(passes)) return 'yes';
    if (held && !isGiven && possible.every((effect) => effect === 'approve')) return 'no';
    // What is stopped by its answer was counted before.
    const sent = this.#readsResult && found.answered ? judge?.sent(found) : undefined;
    const alone = sent ?? possible;
    if (alone.every(passes)) return 'yes';
    return alone.every((effect) => effect === 'block') ? 'no' : 'perhaps';
  }

  #push(
    found: RecordedCase,
    { at, until, then, limit }: RecordedCount & { readonly until: number },
    claims: { readonly after: Claims; readonly before: Claims },
    facts: Omit<LimitKind, 'then' | 'limit'>,
  ): void {
    const { id, openedAt, sub = '', target, issuer = '' } = found.record;
    const kind: LimitKind = { ...facts, then, limit };
    this.#candidates.push({
      ...{ exchange: id, openedAt, at, until, target },
      kind: this.#kinds.add(JSON.stringify(kind), kind),
      caller: this.#callers.add(callerKey({ sub, issuer }), { sub, issuer }),
      after: this.#claimed.add(textOf(claims.after), claims.after),
      before: this.#claimed.add(textOf(claims.before), claims.before),
      resumes: resumption(found, this.#ownQuestion),
    });
  }
}

function textOf(claims: Claims): string {
  const parts = claims.map(({ rule, limit, key = '', doubt = '', calls, per }) => {
    return `${rule} ${limit} ${key} ${doubt} ${calls} ${per}`;
  });
  return parts.join('\n');
}

/** The longest that a call may wait for people, and then to be made. */
function longest(most: number, { demand }: CompiledRule): number {
  return demand ? Math.max(most, demand.expires + demand.window) : most;
}

/** Its upstream has asked for something in its answer (2026-07-28), or in the state of a task. */
function asksInside({ events }: RecordedCase): boolean {
  return events.some(({ kind, payload }) => {
    return kind === 'answered' && payload?.includes('"inputRequests"') === true;
  });
}

/** People were asked, or had said something before. */
function wasHeld({ events }: RecordedCase): boolean {
  return events.some(({ kind }) => kind === 'held' || kind === 'resolved');
}
