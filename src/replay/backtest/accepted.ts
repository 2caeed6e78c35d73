import { compileGlob } from '../../policy/glob.ts';
import type { BacktestRow } from './tally.ts';
import type { BacktestEffect } from './verdict.ts';

/** Differences that somebody has looked at and accepts; every member narrows. */
export interface Acceptance {
  /** The rule that decides now, or that decided before. */
  readonly rule?: string | undefined;
  readonly from?: BacktestEffect | undefined;
  readonly to?: BacktestEffect | undefined;
  /** Globs. */
  readonly upstream?: string | undefined;
  readonly target?: string | undefined;
  readonly method?: string | undefined;
  readonly reason?: string | undefined;
}

export interface AcceptedRow extends BacktestRow {
  readonly accepted: boolean;
}

/** Which rows are accepted, and which acceptances no row needs. */
export function acceptedRows(
  rows: readonly BacktestRow[],
  acceptances: readonly Acceptance[],
): { readonly rows: readonly AcceptedRow[]; readonly unused: readonly Acceptance[] } {
  const tests = acceptances.map((acceptance) => ({ acceptance, fits: fitsRow(acceptance) }));
  const used = new Set<Acceptance>();
  const marked = rows.map((row) => {
    const fitting = tests.filter(({ fits }) => fits(row));
    for (const { acceptance } of fitting) used.add(acceptance);
    return { ...row, accepted: fitting.length > 0 };
  });
  return { rows: marked, unused: acceptances.filter((one) => !used.has(one)) };
}

function fitsRow({ rule, from, to, ...globs }: Acceptance): (row: BacktestRow) => boolean {
  const test = (glob: string | undefined) => (glob === undefined ? () => true : compileGlob(glob));
  const upstream = test(globs.upstream);
  const target = test(globs.target);
  const method = test(globs.method);
  return (row) =>
    (rule === undefined || rule === row.afterRule || rule === row.beforeRule) &&
    (from === undefined || from === row.before) &&
    (to === undefined || to === row.after) &&
    upstream(row.upstream) &&
    method(row.method) &&
    (globs.target === undefined || target(row.target ?? ''));
}
