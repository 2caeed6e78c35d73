import { visible } from '../../../model/visible.ts';
import type { AcceptedRow } from '../../../replay/backtest/accepted.ts';
import type { BacktestExample } from '../../../replay/backtest/tally.ts';
import { type Paint, painter, paintWord } from '../../transcripts/paint.ts';
import { type BacktestReport, isUnaccepted, type RuleCount } from './backtest-report.ts';
import { changeText, listChangeText, matrixCells, rulesText, summaryLines, time, verdictLine, whatText } from './backtest-words.ts'; // biome-ignore format: one line says it

/** Rows, callers and rules that people are shown; JSON has all. */
const SHOWN = 25;

/** A backtest for people. */
export function backtestText(report: BacktestReport, colour: boolean): string {
  const paint = painter(colour);
  const changed = isUnaccepted(report);
  return [
    ...summaryLines(report).map(visible),
    ...(report.judged > 0 ? ['', ...table(matrixCells(report), paint)] : []),
    ...changes('Judged otherwise', report.rows, paint),
    ...changes("Can't be told, for it depends on what is masked, cut or not recorded", report.open, paint), // biome-ignore format: one line says it
    ...listed(report, paint),
    ...callers(report, paint),
    ...rules('Rules that no longer match anything', report.silent),
    ...rules('Rules that are gone', report.gone),
    ...names('Rules that matched nothing, before or now', report.idle),
    ...names(
      'Acceptances that nothing needs',
      report.unused.map((one) => JSON.stringify(one)),
    ),
    '',
    paintWord(paint, changed ? 'failed' : 'fine', verdictLine(report)),
    '',
  ].join('\n');
}

function changes(title: string, rows: readonly AcceptedRow[], paint: Paint): string[] {
  if (rows.length === 0) return [];
  const cells = rows.slice(0, SHOWN).map((row) => {
    const mark = row.accepted ? 'accepted' : '';
    return [String(row.exchanges), changeText(row), whatText(row), rulesText(row), mark];
  });
  const lines = aligned([['exchanges', 'change', 'what', 'rule', ''], ...cells]);
  const body = rows
    .slice(0, SHOWN)
    .flatMap((row, index) => [
      paintWord(paint, row.after, lines[index + 1] ?? ''),
      ...row.examples.map((example) => paint('dim', `  ${exampleText(example)}`)),
    ]);
  return ['', paint('bold', title), paint('dim', lines[0] ?? ''), ...body, ...more(rows.length)];
}

function listed({ lists: { changes } }: BacktestReport, paint: Paint): string[] {
  if (changes.length === 0) return [];
  const lines = changes.slice(0, SHOWN).map((change) => {
    return `${listChangeText(change)}${change.accepted ? '  accepted' : ''}`;
  });
  return ['', paint('bold', 'Listed otherwise'), ...lines, ...more(changes.length)];
}

function exampleText({ exchange, at, sub, args, target }: BacktestExample): string {
  const who = sub === undefined ? '' : ` ${visible(sub)}`;
  return `${exchange} ${time(at)}${who} ${visible(args ?? target ?? '')}`.trimEnd();
}

function callers({ callers: all, moreCallers }: BacktestReport, paint: Paint): string[] {
  if (all.length === 0) return [];
  const lines = all.slice(0, SHOWN).map(({ sub, issuer, changed, kinds }) => {
    const told = Object.entries(kinds).map(([kind, count]) => `${kind} ${count}`);
    return [String(changed), visible(`${sub} (${issuer})`), told.join(', ')];
  });
  const others = moreCallers > 0 ? [`and ${moreCallers} of others`] : [];
  return ['', paint('bold', 'By caller'), ...aligned(lines), ...more(all.length), ...others];
}

function rules(title: string, counts: readonly RuleCount[]): string[] {
  return names(
    title,
    counts.map(({ rule, exchanges }) => `${rule} (${exchanges} before)`),
  );
}

function names(title: string, all: readonly string[]): string[] {
  if (all.length === 0) return [];
  const shown = all.slice(0, SHOWN).map(visible).join(', ');
  const rest = all.length > SHOWN ? ` and ${all.length - SHOWN} more` : '';
  return ['', `${title}: ${shown}${rest}`];
}

function more(count: number): string[] {
  return count > SHOWN ? [`and ${count - SHOWN} more; --json has all`] : [];
}

function table(cells: readonly (readonly string[])[], paint: Paint): string[] {
  const [head = '', ...rows] = aligned(cells);
  return [paint('dim', head), ...rows];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const count = Math.max(0, ...rows.map(({ length }) => length));
  const widths = Array.from({ length: count }, (_, column) =>
    rows.reduce((most, cells) => Math.max(most, cells[column]?.length ?? 0), 0),
  );
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
