import type { PolicySet } from '../../policy/policy-set.ts';
import { methodRow } from '../../protocol/methods.ts';
import { RecordedCase } from '../recorded-case.ts';
import type { Recorded } from '../recorded-exchange.ts';
import { type Compared, type DifferenceRow, Differences } from './differences.ts';
import type { Engine } from './engine.ts';
import { exampleOf, withArgs } from './example.ts';
import { LimitGathering } from './limit-gathering.ts';
import type { LimitShare } from './limit-share.ts';
import { ListChanges } from './list-changes.ts';
import { PolicyJudge } from './policy-judge.ts';
import { type RecordedCount, recordedCount } from './recorded-count.ts';
import { type Beside, type RecordedVerdict, recordedVerdict } from './recorded-verdict.ts';
import { rowBetween } from './row-between.ts';
import { type BacktestTally, NO_LIMITS } from './tally.ts';
import { differenceOf, sureVerdict, type Verdict } from './verdict.ts';

export interface BacktestOptions {
  readonly engine: Engine;
  readonly policies: PolicySet;
  /** What they are compared with; left out: what was decided when it was recorded. */
  readonly baseline?: PolicySet | undefined;
  /** Examples of each kind of difference. */
  readonly examples: number;
}

/** Targets are told apart where there are few of them: URIs may be any number. */
const NAMED = ['tools', 'prompts'];

/**
 * Judges recorded exchanges by policies, and counts what they would do otherwise. What limits count depends on all that
 * came before, so it is {@link takeLimits gathered} for somebody who sees the whole, and not told here.
 */
export class Backtest {
  readonly #after: PolicyJudge;
  readonly #before: PolicyJudge | undefined;
  readonly #differences: Differences;
  readonly #limits: LimitGathering;
  readonly #lists: ListChanges;
  readonly #counts = { read: 0, judged: 0 };
  readonly #unjudged = new Map<string, number>();
  readonly #beside = new Map<Beside, number>();
  readonly #matched = new Map<string, number>();
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  constructor({ policies, baseline, engine, examples }: BacktestOptions) {
    this.#after = new PolicyJudge(policies, engine);
    this.#before = baseline && new PolicyJudge(baseline, engine);
    this.#differences = new Differences(examples);
    this.#limits = new LimitGathering(policies, baseline, engine);
    this.#lists = new ListChanges(policies, baseline, engine);
  }

  add(recorded: Recorded): void {
    const { record } = recorded;
    // What was done to transcripts is an exchange as well, which passed no gate.
    if (record.upstream === '') return;
    this.#counts.read++;
    this.#first = Math.min(this.#first, record.openedAt);
    this.#last = Math.max(this.#last, record.openedAt);
    this.#limits.see(record.openedAt);
    const found = RecordedCase.of(recorded);
    const why = typeof found === 'string' ? found : whyNot(found);
    if (typeof found === 'string') return bump(this.#unjudged, found);
    if (why !== undefined) {
      this.#limits.addUnjudged(found, this.#after, this.#before);
      return bump(this.#unjudged, why);
    }
    const then = recordedVerdict(found);
    if (!then) return bump(this.#unjudged, 'it was over before it was decided');
    this.#compare(found, then);
  }

  /** What limits count of the exchanges that were added since it was last taken; undefined where no limit is in force. */
  takeLimits(): LimitShare | undefined {
    return this.#limits.take();
  }

  tally(): BacktestTally {
    const before = this.#before?.matched ?? this.#matched;
    const isEmpty = this.#counts.read === 0;
    return {
      ...this.#counts,
      ...this.#differences.tally(),
      unjudged: Object.fromEntries(this.#unjudged),
      beside: Object.fromEntries(this.#beside),
      matchedBefore: Object.fromEntries(before),
      matchedAfter: Object.fromEntries(this.#after.matched),
      limits: { ...NO_LIMITS, inside: this.#limits.inside },
      lists: this.#lists.tally(),
      ...(isEmpty ? {} : { first: this.#first, last: this.#last }),
    };
  }

  #compare(found: RecordedCase, then: RecordedVerdict): void {
    const { masked, beside } = then;
    const count = recordedCount(found);
    const before = this.#before ? this.#before.judge(found, masked) : recordedBy(then, count);
    const after = this.#after.judge(found, masked);
    this.#counts.judged++;
    const isCounted = beside === 'limit' && count.then === 'limited';
    if (beside && !isCounted) bump(this.#beside, beside);
    if (!this.#before) for (const rule of new Set(then.matched)) bump(this.#matched, rule);
    if (isLetThrough(before) && isLetThrough(after)) this.#lists.add(found);
    const place = placeOf(found);
    const row = rowOf(place, before, after);
    const otherRule = !row && before.rule !== after.rule;
    // What something else has refused before limits were asked, it refuses still.
    const isAside = beside !== undefined && !isCounted && count.then === 'stopped';
    if (this.#limits.any && !isAside) {
      const judged = {
        before: { verdict: before, judge: this.#before },
        after: { verdict: after, judge: this.#after },
      };
      if (this.#limits.add(found, { count, ...judged, row, otherRule, place })) return;
    }
    this.#note(found, { before: before.effect, after: after.effect, row, otherRule });
  }

  #note(found: RecordedCase, compared: Omit<Compared, 'sub' | 'issuer'>): void {
    const { record, opened } = found;
    const { sub = '', issuer = '' } = record;
    this.#differences.note({ ...compared, sub, issuer }, record.openedAt, () =>
      withArgs(exampleOf(record), record.method, opened.payload),
    );
  }
}

/** Why an exchange can't be judged again; undefined where it can. */
function whyNot({ record }: RecordedCase): string | undefined {
  if (methodRow(record.method).grant === 'task') return 'it follows the call that made its task';
  return record.closedAt === undefined ? 'it was not over' : undefined;
}

/** What was decided then: by the rules, or by the limit of one. */
function recordedBy({ verdict, beside }: RecordedVerdict, { then, limit }: RecordedCount): Verdict {
  const isRefused = beside === 'limit' && then === 'limited' && limit;
  return isRefused ? sureVerdict('limit', limit.rule) : verdict;
}

function placeOf({
  record,
  target,
}: RecordedCase): Pick<DifferenceRow, 'upstream' | 'method' | 'target'> {
  // biome-ignore format: one line says it
  const { upstream, method } = record;
  return { upstream, method, ...(NAMED.includes(target.kind) ? { target: target.name } : {}) };
}

/** How they differ, or that it can't be told whether they do; undefined where they are alike. */
function rowOf(
  place: ReturnType<typeof placeOf>,
  before: Verdict,
  after: Verdict,
): DifferenceRow | undefined {
  const difference = differenceOf(before, after);
  const isOpen = before.effect === 'indeterminate' || after.effect === 'indeterminate';
  if (difference === undefined && !isOpen) return undefined;
  return rowBetween(place, before, after, difference ?? 'open');
}

function isLetThrough({ possible }: Verdict): boolean {
  return possible.every((effect) => effect === 'allow' || effect === 'mask');
}

function bump<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
