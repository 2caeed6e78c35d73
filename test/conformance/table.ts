import { type Check, tally } from './check.ts';
import type { Outcome } from './outcome.ts';

/** One table per target: a row per scenario, a column per revision. */
export function tablesOf(outcomes: readonly Outcome[], about: ReadonlyMap<string, string>): string {
  const targets = [...new Set(outcomes.map(({ target }) => target))];
  return targets
    .map((target) => {
      const own = outcomes.filter((outcome) => outcome.target === target);
      return `${target}: ${about.get(target)}\n${tableOf(own)}\n`;
    })
    .join('\n');
}

function tableOf(outcomes: readonly Outcome[]): string {
  const revisions = [...new Set(outcomes.map(({ revision }) => revision))].sort();
  const scenarios = [...new Set(outcomes.map(({ scenario }) => scenario))];
  const rows = scenarios.map((scenario) => [
    scenario,
    ...revisions.map((revision) => {
      const found = outcomes.find((o) => o.scenario === scenario && o.revision === revision);
      return found ? cellOf(found) : '';
    }),
  ]);
  const lines = [['scenario', ...revisions], ...rows];
  const widths = lines[0]?.map((_, column) => {
    return Math.max(...lines.map((line) => line[column]?.length ?? 0));
  });
  const rule = widths?.map((width) => '-'.repeat(width)) ?? [];
  const [head = [], ...rest] = lines;
  return [head, rule, ...rest]
    .map((line) => line.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join('  '))
    .map((line) => `  ${line.trimEnd()}`)
    .join('\n');
}

/** `direct / gate`, each as passed, failed (`F`) and warned (`W`). */
function cellOf({ direct, gate, worse, bridged, again }: Outcome): string {
  const counts = `${bridged ? '-' : countsOf(direct)} / ${countsOf(gate)}`;
  if (worse.length > 0) return `${counts} WORSE`;
  return again ? `${counts} (2nd run)` : counts;
}

function countsOf(checks: readonly Check[]): string {
  const { passed, failed, warnings } = tally(checks);
  return `${passed}${failed > 0 ? ` ${failed}F` : ''}${warnings > 0 ? ` ${warnings}W` : ''}`;
}

/** What is worse through the gate, check by check. */
export function differencesOf(outcomes: readonly Outcome[]): string {
  return outcomes
    .flatMap(({ target, scenario, revision, worse }) => [
      ...(worse.length > 0 ? [`${target} ${scenario} ${revision}`] : []),
      ...worse.map(({ id, direct, gate, message }) => {
        return `  ${id}: ${direct ?? 'not checked'} -> ${gate ?? 'not checked'}  ${message}`;
      }),
    ])
    .join('\n');
}

/** Totals and what they come to, in one line. */
export function verdictOf(outcomes: readonly Outcome[]): string {
  const compared = outcomes.filter(({ bridged }) => !bridged);
  const sum = (path: 'direct' | 'gate') => countsOf(compared.flatMap((outcome) => outcome[path]));
  const worse = compared.filter((outcome) => outcome.worse.length > 0).length;
  const again = compared.filter((outcome) => outcome.again && outcome.worse.length === 0).length;
  return [
    `${worse === 0 ? 'FINE' : 'WORSE'}: ${compared.length} scenarios`,
    `checks passed: direct ${sum('direct')}, through the gate ${sum('gate')}`,
    `${worse} worse through the gate`,
    ...(again > 0 ? [`${again} not worse when run again`] : []),
  ].join('; ');
}
