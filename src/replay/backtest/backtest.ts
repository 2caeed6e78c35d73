import { isObject } from '../../model/json.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import { argsOf, methodRow } from '../../protocol/methods.ts';
import { RecordedCase } from '../recorded-case.ts';
import { messageIn, type Recorded } from '../recorded-exchange.ts';
import type { Engine } from './engine.ts';
import { firstExamples } from './joined-tally.ts';
import { PolicyJudge } from './policy-judge.ts';
import { type Beside, type RecordedVerdict, recordedVerdict } from './recorded-verdict.ts';
import {
  type BacktestCaller,
  type BacktestExample,
  type BacktestRow,
  type BacktestTally,
  callerKey,
  MOST_CALLERS,
  MOST_ROWS,
  rowKey,
} from './tally.ts';
import { differenceOf, type Verdict } from './verdict.ts';

export interface BacktestOptions {
  readonly engine: Engine;
  readonly policies: PolicySet;
  /** What they are compared with; left out: what was decided when it was recorded. */
  readonly baseline?: PolicySet | undefined;
  /** Examples of each kind of difference. */
  readonly examples: number;
}

type Row = Omit<BacktestRow, 'exchanges' | 'examples'>;
type Writable<Value> = { -readonly [Name in keyof Value]: Value[Name] };

/** Characters of arguments in an example. */
const MAX_ARGS = 240;
/** Targets are told apart where there are few of them: URIs may be any number. */
const NAMED = ['tools', 'prompts'];

/** Judges recorded exchanges by policies, and counts what they would do otherwise. */
export class Backtest {
  readonly #options: BacktestOptions;
  readonly #after: PolicyJudge;
  readonly #before: PolicyJudge | undefined;
  readonly #counts = { read: 0, judged: 0, otherRule: 0, moreRows: 0, moreCallers: 0 };
  readonly #unjudged = new Map<string, number>();
  readonly #beside = new Map<Beside, number>();
  readonly #matrix = new Map<string, number>();
  readonly #matched = new Map<string, number>();
  readonly #rows = new Map<string, Writable<BacktestRow>>();
  readonly #callers = new Map<string, BacktestCaller & { changed: number; kinds: Record<string, number> }>(); // biome-ignore format: one line says it
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  constructor(options: BacktestOptions) {
    this.#options = options;
    const { policies, baseline, engine } = options;
    this.#after = new PolicyJudge(policies, engine);
    this.#before = baseline && new PolicyJudge(baseline, engine);
  }

  add(recorded: Recorded): void {
    const { record } = recorded;
    // What was done to transcripts is an exchange as well, which passed no gate.
    if (record.upstream === '') return;
    this.#counts.read++;
    this.#first = Math.min(this.#first, record.openedAt);
    this.#last = Math.max(this.#last, record.openedAt);
    const found = RecordedCase.of(recorded);
    const why = typeof found === 'string' ? found : whyNot(found);
    if (why !== undefined || typeof found === 'string') return bump(this.#unjudged, why ?? '');
    const then = recordedVerdict(found);
    if (!then) return bump(this.#unjudged, 'it was over before it was decided');
    this.#compare(found, then);
  }

  tally(): BacktestTally {
    const before = this.#before?.matched ?? this.#matched;
    const isEmpty = this.#counts.read === 0;
    return {
      ...this.#counts,
      unjudged: Object.fromEntries(this.#unjudged),
      beside: Object.fromEntries(this.#beside),
      matrix: Object.fromEntries(this.#matrix),
      rows: [...this.#rows.values()],
      callers: [...this.#callers.values()],
      matchedBefore: Object.fromEntries(before),
      matchedAfter: Object.fromEntries(this.#after.matched),
      ...(isEmpty ? {} : { first: this.#first, last: this.#last }),
    };
  }

  #compare(found: RecordedCase, then: RecordedVerdict): void {
    const { masked } = then;
    const before = this.#before ? this.#before.judge(found, masked) : then.verdict;
    const after = this.#after.judge(found, masked);
    this.#counts.judged++;
    if (then.beside) bump(this.#beside, then.beside);
    if (!this.#before) for (const rule of new Set(then.matched)) bump(this.#matched, rule);
    bump(this.#matrix, `${before.effect} ${after.effect}`);
    const difference = differenceOf(before, after);
    const isOpen = before.effect === 'indeterminate' || after.effect === 'indeterminate';
    if (difference === undefined && !isOpen) {
      if (before.rule !== after.rule) this.#counts.otherRule++;
      return;
    }
    this.#note(found, rowOf(found, before, after, difference ?? 'open'));
  }

  #note(found: RecordedCase, row: Row): void {
    const key = rowKey(row);
    const known = this.#rows.get(key);
    if (!known && this.#rows.size >= MOST_ROWS) this.#counts.moreRows++;
    else if (!known) {
      const examples = this.#options.examples > 0 ? [exampleOf(found)] : [];
      this.#rows.set(key, { ...row, exchanges: 1, examples });
    } else {
      known.exchanges++;
      if (known.examples.length < this.#options.examples) {
        known.examples = [...known.examples, exampleOf(found)];
      } else if (isEarlier(found, known.examples)) {
        const all = [...known.examples, exampleOf(found)];
        known.examples = firstExamples(all, this.#options.examples);
      }
    }
    if (row.difference !== 'open') this.#noteCaller(found, `${row.before} → ${row.after}`);
  }

  #noteCaller({ record: { sub = '', issuer = '' } }: RecordedCase, kind: string): void {
    const key = callerKey({ sub, issuer });
    let caller = this.#callers.get(key);
    if (!caller) {
      if (this.#callers.size >= MOST_CALLERS) {
        this.#counts.moreCallers++;
        return;
      }
      caller = { sub, issuer, changed: 0, kinds: {} };
      this.#callers.set(key, caller);
    }
    caller.changed++;
    caller.kinds[kind] = (caller.kinds[kind] ?? 0) + 1;
  }
}

/** Why an exchange can't be judged again; undefined where it can. */
function whyNot({ record }: RecordedCase): string | undefined {
  if (methodRow(record.method).grant === 'task') return 'it follows the call that made its task';
  return record.closedAt === undefined ? 'it was not over' : undefined;
}

function rowOf(
  found: RecordedCase,
  before: Verdict,
  after: Verdict,
  difference: Row['difference'],
): Row {
  // biome-ignore format: one line says it
  const { record, target } = found;
  const isNamed = NAMED.includes(target.kind);
  return {
    ...{ difference, before: before.effect, after: after.effect },
    ...(after.effect === 'indeterminate' ? { possible: [...after.possible].sort() } : {}),
    ...(before.rule === undefined ? {} : { beforeRule: before.rule }),
    ...(after.rule === undefined ? {} : { afterRule: after.rule }),
    ...{ upstream: record.upstream, method: record.method },
    ...(isNamed ? { target: target.name } : {}),
    gained: beyond(after, before),
    lost: beyond(before, after),
  };
}

/** Masks that have found something in the one, and surely nothing in the other. */
function beyond(
  { masks: { sure } }: Verdict,
  { masks: other, effect }: Verdict,
): readonly string[] {
  if (effect === 'block' || effect === 'indeterminate' || other.maybe === 'any') return [];
  const { maybe } = other;
  return [...sure].filter((name) => !other.sure.has(name) && !maybe.has(name)).sort();
}

function exampleOf({ record, opened }: RecordedCase): BacktestExample {
  const { id, openedAt, sub, target, method } = record;
  const params = messageIn(opened.payload)?.params;
  const args = argsOf(method, isObject(params) ? params : undefined);
  const text = args === undefined ? undefined : JSON.stringify(args);
  const isLong = text !== undefined && text.length > MAX_ARGS;
  return {
    ...{ exchange: id, at: openedAt },
    ...(sub === undefined ? {} : { sub }),
    ...(target === undefined ? {} : { target: target.slice(0, MAX_ARGS) }),
    ...(text === undefined ? {} : { args: isLong ? `${text.slice(0, MAX_ARGS)}…` : text }),
  };
}

function isEarlier({ record }: RecordedCase, examples: readonly BacktestExample[]): boolean {
  return examples.some(({ at }) => record.openedAt < at);
}

function bump<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
