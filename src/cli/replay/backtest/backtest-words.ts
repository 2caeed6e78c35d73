import { visible } from '../../../model/visible.ts';
import type { BacktestRow } from '../../../replay/backtest/tally.ts';
import { type BacktestEffect, outcomes } from '../../../replay/backtest/verdict.ts';
import { counted } from '../../report.ts';
import type { BacktestReport } from './backtest-report.ts';

const BESIDE = {
  limit: 'a limit',
  pin: 'the pin of its tool',
  part: 'something that it carried inside',
  failure: 'a failure',
} as const;

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
    ...(read === judged ? [] : [`${counted(read - judged, 'exchange')} not judged:`]),
    ...Object.entries(report.unjudged).map(([why, count]) => `  ${count}: ${why}`),
  ];
}

/** What it came to, in one line. */
export function verdictLine({ changed, accepted, indeterminate }: BacktestReport): string {
  const open = indeterminate === 0 ? '' : `; ${indeterminate} can't be told`;
  if (changed === 0) return `No differences${open}.`;
  const some =
    accepted === 0 ? '' : `, ${accepted === changed ? 'all' : accepted} of them accepted`;
  return `${counted(changed, 'exchange')} judged otherwise${some}${open}.`;
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
