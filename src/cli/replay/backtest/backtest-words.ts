import { visible } from '../../../model/visible.ts';
import type { BacktestRow, ListChange } from '../../../replay/backtest/tally.ts';
import { type BacktestEffect, outcomes } from '../../../replay/backtest/verdict.ts';
import { counted } from '../../report.ts';
import type { BacktestReport } from './backtest-report.ts';

const BESIDE = {
  limit: 'a limit on something inside, or one that could not be counted,',
  pin: 'the pin of its tool',
  part: 'something that it carried inside',
  failure: 'a failure',
} as const;

/** Rules, and callers, that are named in one line. */
const MOST_RULES = 5;
const MOST_NAMED = 8;

/** What was judged, in a few lines. */
export function summaryLines(report: BacktestReport): string[] {
  const { judged, read, first, last, policy, baseline, otherRule } = report;
  const span = first === undefined || last === undefined ? '' : `, ${time(first)} to ${time(last)}`;
  const than = baseline.revision === null ? baseline.from : `${baseline.from} (${baseline.revision})`; // biome-ignore format: one line says it
  return [
    `${counted(judged, 'exchange')} judged${span}`,
    `by ${policy.from} (revision ${policy.revision}), compared with ${than}`,
    ...(otherRule === 0 ? [] : [`${counted(otherRule, 'exchange')} judged alike by another rule`]),
    ...Object.entries(report.beside).map(([what, count]) => {
      const by = BESIDE[what as keyof typeof BESIDE];
      return `${counted(count, 'exchange')} refused by ${by} then, which is not judged again`;
    }),
    ...limitLines(report),
    ...listLines(report),
    ...(read === judged ? [] : [`${counted(read - judged, 'exchange')} not judged:`]),
    ...Object.entries(report.unjudged).map(([why, count]) => `  ${count}: ${why}`),
  ];
}

function limitLines({ limits, partial }: BacktestReport): string[] {
  const { counted: messages, early, unknownKeys, crowded, inside, refused } = limits;
  if (messages === 0) return [];
  const none = Object.values(refused).reduce((sum, count) => sum + count, 0);
  const most = Object.entries(refused).sort(([, a], [, b]) => b - a);
  const rules = most.slice(0, MOST_RULES).map(([rule, count]) => `${rule} ${count}`);
  const rest = most.length > MOST_RULES ? ', …' : '';
  const by = none === 0 ? '' : ` (${rules.join(', ')}${rest})`;
  const told = (count: number, what: string) =>
    count === 0 ? [] : [`  ${counted(count, 'message')} ${what}`];
  return [
    `${counted(messages, 'message')} counted by limits, which refuse ${none}${by}`,
    ...(partial ? ['  only what was selected is counted: what else they count is not known'] : []),
    ...told(early, 'went on while a limit looked back to before the first exchange, where nothing is known'), // biome-ignore format: one line says it
    ...told(unknownKeys, 'of which it is not known by what they count'),
    ...(inside === 0 ? [] : [`  ${counted(inside, 'answer')} with requests of a server inside, which are not counted here`]), // biome-ignore format: one line says it
    ...told(crowded, 'not counted, for there are too many counts'),
  ];
}

function listLines({ lists }: BacktestReport): string[] {
  const { compared, open, unknownItems } = lists;
  const others = Object.entries(open);
  if (compared + others.length === 0) return [];
  return [
    `${counted(compared, 'list')} compared`,
    ...(unknownItems === 0 ? [] : [`  ${counted(unknownItems, 'item')} left out then, of which the transcript has not the names`]), // biome-ignore format: one line says it
    ...others.map(([why, count]) => `  ${count} not compared: ${why}`),
  ];
}

/** What it came to, in one line. */
export function verdictLine(report: BacktestReport): string {
  const { changed, accepted, indeterminate, changedItems, acceptedItems } = report;
  const open = indeterminate === 0 ? '' : `; ${indeterminate} can't be told`;
  const told = [
    ...(changed === 0 ? [] : [`${counted(changed, 'exchange')} judged otherwise${someOf(accepted, changed)}`]), // biome-ignore format: one line says it
    ...(changedItems === 0 ? [] : [`${counted(changedItems, 'item')} listed otherwise${someOf(acceptedItems, changedItems)}`]), // biome-ignore format: one line says it
  ];
  return `${told.length === 0 ? 'No differences' : told.join('; ')}${open}.`;
}

function someOf(accepted: number, all: number): string {
  if (accepted === 0) return '';
  const some = accepted === all ? (all === 1 ? 'it is' : 'all of them') : `${accepted} of them`;
  return `, ${some} accepted`;
}

/** `orders query: no longer listed for ana, bob (12 lists)`. */
export function listChangeText({
  change,
  upstream,
  item,
  callers,
  moreCallers,
  lists,
}: ListChange): string {
  // Two issuers may know the same name.
  const names = [...new Set(callers.slice(0, MOST_NAMED).map(({ sub }) => sub))];
  const rest = moreCallers || callers.length > MOST_NAMED ? ' and others' : '';
  const how = change === 'listed' ? 'now listed' : 'no longer listed';
  return visible(`${upstream} ${item}: ${how} for ${names.join(', ')}${rest} (${counted(lists, 'list')})`); // biome-ignore format: one line says it
}

/** Exchanges by what they were and what they would be: a row for each effect that occurs. */
export function matrixCells({ matrix }: BacktestReport): string[][] {
  const count = (before: BacktestEffect, after: BacktestEffect) =>
    matrix[`${before} ${after}`] ?? 0;
  const rows = outcomes.filter((before) => outcomes.some((after) => count(before, after) > 0));
  const columns = outcomes.filter((after) => outcomes.some((before) => count(before, after) > 0));
  return [
    ['before \\ after', ...columns],
    ...rows.map((before) => [before, ...columns.map((after) => String(count(before, after)))]),
  ];
}

/** `allow → block`; of what is masked otherwise what. */
export function changeText(row: BacktestRow): string {
  const { before, after, possible, difference, gained, lost } = row;
  const masks = [
    ...gained.map((name) => `+${name.replace(' ', ' with ')}`),
    ...lost.map((name) => `-${name.replace(' ', ' with ')}`),
  ].map(visible);
  const told = masks.length > 0 ? ` (${masks.join(', ')})` : '';
  const to = possible ? possible.join(' or ') : after;
  return `${difference === 'masks' ? after : `${before} → ${to}`}${told}`;
}

/** The rules that decided: `read → no-deletes`. */
export function rulesText({ beforeRule = '-', afterRule = '-' }: BacktestRow): string {
  return visible(beforeRule === afterRule ? afterRule : `${beforeRule} → ${afterRule}`);
}

export function whatText({ upstream, method, target }: BacktestRow): string {
  return visible(`${upstream} ${target ?? method}`);
}

/** RFC 3339, in UTC, to the second. */
export function time(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
