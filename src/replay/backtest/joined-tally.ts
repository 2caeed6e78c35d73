import { firstExamples } from './first-examples.ts';
import { inOrder, joinedLists } from './joined-lists.ts';
import { sums, total } from './sums.ts';
import {
  type BacktestCaller,
  type BacktestRow,
  type BacktestTally,
  callerKey,
  EMPTY_TALLY,
  type LimitsTally,
  MOST_CALLERS,
  MOST_ROWS,
  rowKey,
} from './tally.ts';

/**
 * The tally of all parts together, most frequent first. In which order the parts come makes no difference as long as
 * there is room for every row.
 *
 * @param examples kept of each row
 */
export function joinedTally(tallies: readonly BacktestTally[], examples: number): BacktestTally {
  const whole = tallies.reduce((sum, one) => added(sum, one, examples), EMPTY_TALLY);
  const rows = [...whole.rows].sort(
    (a, b) => b.exchanges - a.exchanges || (rowKey(a) < rowKey(b) ? -1 : 1),
  );
  const callers = [...whole.callers].sort(
    (a, b) => b.changed - a.changed || (callerKey(a) < callerKey(b) ? -1 : 1),
  );
  return { ...whole, rows, callers, lists: inOrder(whole.lists) };
}

function added(a: BacktestTally, b: BacktestTally, examples: number): BacktestTally {
  const rows = joinedRows(a.rows, b.rows, examples);
  const callers = joinedCallers(a.callers, b.callers);
  const firsts = [a.first, b.first].filter((one) => one !== undefined);
  const lasts = [a.last, b.last].filter((one) => one !== undefined);
  return {
    read: a.read + b.read,
    judged: a.judged + b.judged,
    unjudged: sums(a.unjudged, b.unjudged),
    beside: sums(a.beside, b.beside),
    otherRule: a.otherRule + b.otherRule,
    matrix: sums(a.matrix, b.matrix),
    rows: rows.slice(0, MOST_ROWS),
    moreRows: a.moreRows + b.moreRows + total(rows.slice(MOST_ROWS), 'exchanges'),
    callers: callers.slice(0, MOST_CALLERS),
    moreCallers: a.moreCallers + b.moreCallers + Math.max(0, callers.length - MOST_CALLERS),
    matchedBefore: sums(a.matchedBefore, b.matchedBefore),
    matchedAfter: sums(a.matchedAfter, b.matchedAfter),
    limits: joinedLimits(a.limits, b.limits),
    lists: joinedLists(a.lists, b.lists),
    ...(firsts.length > 0 && { first: Math.min(...firsts), last: Math.max(...lasts) }),
  };
}

function joinedLimits(a: LimitsTally, b: LimitsTally): LimitsTally {
  return {
    counted: a.counted + b.counted,
    early: a.early + b.early,
    unknownKeys: a.unknownKeys + b.unknownKeys,
    crowded: a.crowded + b.crowded,
    inside: a.inside + b.inside,
    refused: sums(a.refused, b.refused),
  };
}

function joinedRows(
  some: readonly BacktestRow[],
  more: readonly BacktestRow[],
  examples: number,
): BacktestRow[] {
  const rows = new Map(some.map((row) => [rowKey(row), row]));
  for (const row of more) {
    const key = rowKey(row);
    const known = rows.get(key);
    const all = [...(known?.examples ?? []), ...row.examples];
    const exchanges = (known?.exchanges ?? 0) + row.exchanges;
    rows.set(key, { ...row, exchanges, examples: firstExamples(all, examples) });
  }
  return [...rows.values()];
}

function joinedCallers(
  some: readonly BacktestCaller[],
  more: readonly BacktestCaller[],
): BacktestCaller[] {
  const callers = new Map(some.map((one) => [callerKey(one), one]));
  for (const one of more) {
    const known = callers.get(callerKey(one));
    const changed = (known?.changed ?? 0) + one.changed;
    callers.set(callerKey(one), { ...one, changed, kinds: sums(known?.kinds ?? {}, one.kinds) });
  }
  return [...callers.values()];
}
