import { compileGlob } from '../../policy/glob.ts';
import type { BacktestRow, ListChange } from './tally.ts';
import { outcomes } from './verdict.ts';

/** What something can be that is compared: what becomes of an exchange, or whether lists show an item. */
export const standings = [...outcomes, 'listed', 'unlisted'] as const;
export type Standing = (typeof standings)[number];

/** Differences that somebody has looked at and accepts; every member narrows. */
export interface Acceptance {
  /** The rule that decides now, or that decided before; its limit, where that is what refuses. */
  readonly rule?: string | undefined;
  readonly from?: Standing | undefined;
  readonly to?: Standing | undefined;
  /** Globs. */
  readonly upstream?: string | undefined;
  /** Tool or prompt; of a list, the item. */
  readonly target?: string | undefined;
  readonly method?: string | undefined;
  readonly reason?: string | undefined;
}

export interface AcceptedRow extends BacktestRow {
  readonly accepted: boolean;
}

export interface AcceptedChange extends ListChange {
  readonly accepted: boolean;
}

/** What is compared with acceptances. */
interface Facts {
  readonly rules: readonly (string | undefined)[];
  readonly from: Standing;
  readonly to: Standing;
  readonly upstream: string;
  readonly method: string;
  readonly target: string;
}

/** Compares differences with what is accepted, and remembers which acceptances were needed. */
export class Accepting {
  readonly #tests: readonly {
    readonly acceptance: Acceptance;
    readonly fits: (facts: Facts) => boolean;
  }[];
  readonly #used = new Set<Acceptance>();

  constructor(acceptances: readonly Acceptance[]) {
    this.#tests = acceptances.map((acceptance) => ({ acceptance, fits: fitsFacts(acceptance) }));
  }

  row(row: BacktestRow): AcceptedRow {
    const { before: from, after: to, beforeRule, afterRule, upstream, method, target = '' } = row;
    const rules = [beforeRule, afterRule];
    return { ...row, accepted: this.#accepts({ rules, from, to, upstream, method, target }) };
  }

  /** No rule alone decides what a list shows, so that a rule's id accepts none of it. */
  change(change: ListChange): AcceptedChange {
    const { change: to, upstream, method, item: target } = change;
    const from = to === 'listed' ? 'unlisted' : 'listed';
    return {
      ...change,
      accepted: this.#accepts({ rules: [], from, to, upstream, method, target }),
    };
  }

  /** Those that nothing needed. */
  get unused(): readonly Acceptance[] {
    return this.#tests.map(({ acceptance }) => acceptance).filter((one) => !this.#used.has(one));
  }

  #accepts(facts: Facts): boolean {
    const fitting = this.#tests.filter(({ fits }) => fits(facts));
    for (const { acceptance } of fitting) this.#used.add(acceptance);
    return fitting.length > 0;
  }
}

function fitsFacts({ rule, from, to, ...globs }: Acceptance): (facts: Facts) => boolean {
  const test = (glob: string | undefined) => (glob === undefined ? () => true : compileGlob(glob));
  const upstream = test(globs.upstream);
  const target = test(globs.target);
  const method = test(globs.method);
  return (facts) =>
    (rule === undefined || facts.rules.includes(rule)) &&
    (from === undefined || from === facts.from) &&
    (to === undefined || to === facts.to) &&
    upstream(facts.upstream) &&
    method(facts.method) &&
    target(facts.target);
}
