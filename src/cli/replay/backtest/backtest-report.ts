import type { PolicySet } from '../../../policy/policy-set.ts';
import { type Acceptance, type AcceptedChange, type AcceptedRow, Accepting } from '../../../replay/backtest/accepted.ts'; // biome-ignore format: one line says it
import type { BacktestTally, ListsTally } from '../../../replay/backtest/tally.ts';

/** A rule with the exchanges that it matched. */
export interface RuleCount {
  readonly rule: string;
  readonly exchanges: number;
}

/** What a backtest has found, as it is told. */
export interface BacktestReport extends Omit<BacktestTally, 'rows' | 'lists'> {
  /** Policies and what they are compared with, for people. */
  readonly policy: { readonly from: string; readonly revision: string };
  readonly baseline: { readonly from: string; readonly revision: string | null };
  /** Differences for sure. */
  readonly rows: readonly AcceptedRow[];
  /** What can't be told. */
  readonly open: readonly AcceptedRow[];
  readonly lists: Omit<ListsTally, 'changes'> & { readonly changes: readonly AcceptedChange[] };
  /** Items that lists show otherwise, and those that are accepted. */
  readonly changedItems: number;
  readonly acceptedItems: number;
  /** Some exchanges were left aside: what limits count of those isn't known. */
  readonly partial: boolean;
  /** Exchanges of those rows. */
  readonly changed: number;
  readonly accepted: number;
  readonly indeterminate: number;
  /** Acceptances that nothing needs any more. */
  readonly unused: readonly Acceptance[];
  /** Rules that matched before, and match nothing now; and those that are gone. */
  readonly silent: readonly RuleCount[];
  readonly gone: readonly RuleCount[];
  /** Rules of the policies that matched nothing in either. */
  readonly idle: readonly string[];
}

export interface ReportOptions extends Pick<BacktestReport, 'policy' | 'baseline' | 'partial'> {
  readonly policies: PolicySet;
  readonly acceptances: readonly Acceptance[];
}

/** Puts together what a backtest has counted. */
export function backtestReport(
  { rows: all, ...tally }: BacktestTally,
  { policies, acceptances, policy, baseline, partial }: ReportOptions,
): BacktestReport {
  const accepting = new Accepting(acceptances);
  const marked = all.map((row) => accepting.row(row));
  const changes = tally.lists.changes.map((change) => accepting.change(change));
  const rows = marked.filter(({ difference }) => difference !== 'open');
  const open = marked.filter(({ difference }) => difference === 'open');
  const ids = policies.rules.map(({ id }) => id);
  const known = new Set(ids);
  const before = Object.entries(tally.matchedBefore).map(([rule, exchanges]) => ({ rule, exchanges })); // biome-ignore format: one line says it
  const isSilent = (rule: string) => (tally.matchedAfter[rule] ?? 0) === 0;
  return {
    ...tally,
    ...{ policy, baseline, partial, rows, open, unused: accepting.unused },
    lists: { ...tally.lists, changes },
    changedItems: changes.length,
    acceptedItems: changes.filter(({ accepted }) => accepted).length,
    changed: total(rows),
    accepted: total(rows.filter(({ accepted }) => accepted)),
    indeterminate: total(open),
    silent: before.filter(({ rule }) => known.has(rule) && isSilent(rule)).sort(mostFirst),
    gone: before.filter(({ rule }) => !known.has(rule)).sort(mostFirst),
    idle: ids.filter((rule) => isSilent(rule) && tally.matchedBefore[rule] === undefined),
  };
}

function total(rows: readonly AcceptedRow[]): number {
  return rows.reduce((sum, { exchanges }) => sum + exchanges, 0);
}

function mostFirst(a: RuleCount, b: RuleCount): number {
  return b.exchanges - a.exchanges || (a.rule < b.rule ? -1 : 1);
}

/** True where something is otherwise that nobody has accepted. */
export function isUnaccepted({
  changed,
  accepted,
  changedItems,
  acceptedItems,
  moreRows,
  lists,
}: BacktestReport): boolean {
  // biome-ignore format: one line says it
  return changed > accepted || changedItems > acceptedItems || moreRows + lists.moreChanges > 0;
}
