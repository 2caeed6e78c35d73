import { isObject, type Json } from '../../model/json.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import { digestOf } from '../../protocol/canonical.ts';
import { methodRow } from '../../protocol/methods.ts';
import type { RecordedCase } from '../recorded-case.ts';
import type { DifferenceRow } from './differences.ts';
import { Distinct } from './distinct.ts';
import type { Engine } from './engine.ts';
import { type DueClaim, LimitClaims } from './limit-claims.ts';
import type { LimitCandidate, LimitKind, LimitShare, LimitSide } from './limit-share.ts';
import type { PolicyJudge } from './policy-judge.ts';
import { type RecordedCount, recordedCount } from './recorded-count.ts';
import { callerKey, type NamedCaller } from './tally.ts';
import type { SureEffect, Verdict } from './verdict.ts';

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
}

type Claims = readonly DueClaim[];
const NONE: Claims = [];
const WENT: LimitSide = { effect: 'allow', possible: ['allow'], goesOn: 'yes', asThen: true };

/** Gathers what limits count, for somebody who has all of it in order of time. */
export class LimitGathering {
  /** False where no limit is in force. */
  readonly any: boolean;
  readonly #policies: PolicySet;
  readonly #baseline: PolicySet | undefined;
  readonly #after: LimitClaims;
  readonly #before: LimitClaims | undefined;
  readonly #readsResult: boolean;
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
    this.#readsResult = all.some(({ readsResult }) => readsResult);
  }

  /** Notes that there was an exchange. */
  see(openedAt: number): void {
    this.#first = Math.min(this.#first, openedAt);
    this.#last = Math.max(this.#last, openedAt);
  }

  /** @returns false where no limit counts it */
  add(found: RecordedCase, judged: JudgedTwice): boolean {
    const [after, before] = this.#claims(found);
    if (after.length + before.length === 0) return false;
    const { count, row, otherRule, place } = judged;
    const { effect, possible, rule } = judged.before.verdict;
    const claims = { after, before };
    this.#push(found, count, claims, {
      after: this.#side(found, count, judged.after, this.#policies),
      ...(this.#baseline && {
        before: this.#side(found, count, judged.before, this.#baseline),
      }),
      ...{ row, otherRule, place, silent: false },
      ...{ beforeEffect: effect, beforePossible: possible, beforeRule: rule },
    });
    return true;
  }

  /** Counts what went on then and is not judged again, such as what follows another right. */
  addUnjudged(found: RecordedCase): void {
    if (!this.any) return;
    const count = recordedCount(found);
    const [after, before] = this.#claims(found);
    const went = count.then === 'went' || count.then === 'approved';
    if (!went || after.length + before.length === 0) return;
    const { upstream, method } = found.record;
    this.#push(
      found,
      count,
      { after, before },
      {
        ...{ after: WENT, before: this.#baseline && WENT },
        ...{ otherRule: false, place: { upstream, method }, silent: true },
        ...{ beforeEffect: 'allow', beforePossible: ['allow'] },
      },
    );
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
    { revision }: PolicySet,
  ): LimitSide {
    const { effect, possible, rule } = verdict;
    const asThen = found.record.revision === revision;
    return { effect, possible, rule, asThen, goesOn: this.#goesOn(found, then, verdict, judge) }; // biome-ignore format: one line says it
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
    { at, then, limit }: RecordedCount,
    claims: { readonly after: Claims; readonly before: Claims },
    facts: Omit<LimitKind, 'then' | 'limit'>,
  ): void {
    const { id, openedAt, sub = '', target, issuer = '' } = found.record;
    const kind: LimitKind = { ...facts, then, limit };
    this.#candidates.push({
      ...{ exchange: id, openedAt, at, target },
      kind: this.#kinds.add(JSON.stringify(kind), kind),
      caller: this.#callers.add(callerKey({ sub, issuer }), { sub, issuer }),
      after: this.#claimed.add(textOf(claims.after), claims.after),
      before: this.#claimed.add(textOf(claims.before), claims.before),
      resumes: resumption(found),
    });
  }
}

function textOf(claims: Claims): string {
  const parts = claims.map(({ rule, limit, key = '', doubt = '', calls, per }) => {
    return `${rule} ${limit} ${key} ${doubt} ${calls} ${per}`;
  });
  return parts.join('\n');
}

function wasHeld({ events }: RecordedCase): boolean {
  return events.some(({ kind }) => kind === 'held');
}

/** What a call is known by that its client sends again with what it was asked for (2026-07-28). */
function resumption(found: RecordedCase): string | undefined {
  const { record, direction, opened } = found;
  const isCall = methodRow(record.method).resumes === true && direction === 'up';
  // The state is a text as it is sent, so that most calls need not be parsed to know that they have none.
  if (!isCall || !opened.payload?.includes('"requestState"')) return undefined;
  const { params } = found;
  const state: Json | undefined = isObject(params) ? params.requestState : undefined;
  return typeof state === 'string' ? digestOf(['resumption', state]) : undefined;
}
