import { escapedHtml } from '../../../model/escaped-html.ts';
import { visible } from '../../../model/visible.ts';
import type { AcceptedRow } from '../../../replay/backtest/accepted.ts';
import type { BacktestReport, RuleCount } from './backtest-report.ts';
import { changeText, listChangeText, matrixCells, rulesText, summaryLines, time, verdictLine, whatText } from './backtest-words.ts'; // biome-ignore format: one line says it

/** Rows that a comment on a pull request has; GitHub takes 65,536 characters. */
const SHOWN = 50;

/** A backtest as Markdown for a pull request. Nothing in it that callers have sent is read as Markdown or HTML. */
export function backtestMarkdown(report: BacktestReport): string {
  return [
    '## What would this policy have done?',
    '',
    `**${escaped(verdictLine(report))}**`,
    '',
    ...summaryLines(report).map((line) =>
      line.replace(
        /^( *)(.*)$/,
        (_, indent: string, text: string) => `${indent}- ${escaped(text)}`,
      ),
    ),
    '',
    ...table(matrixCells(report)),
    ...changes('Judged otherwise', report.rows, true),
    ...changes("Can't be told (masked, cut or not recorded)", report.open, false),
    ...listed(report),
    ...callers(report),
    ...rules('Rules that no longer match anything', report.silent),
    ...rules('Rules that are gone', report.gone),
    '',
  ].join('\n');
}

function changes(title: string, rows: readonly AcceptedRow[], open: boolean): string[] {
  if (rows.length === 0) return [];
  const cells = rows
    .slice(0, SHOWN)
    .map((row) => [
      String(row.exchanges),
      `${changeText(row)}${row.accepted ? ' (accepted)' : ''}`,
      whatText(row),
      rulesText(row),
      row.examples.map(({ exchange }) => exchange).join(' '),
    ]);
  const rest = rows.length > SHOWN ? ['', `and ${rows.length - SHOWN} more`] : [];
  const body = [...table([['exchanges', 'change', 'what', 'rule', 'examples'], ...cells]), ...rest];
  return [
    '',
    `<details${open ? ' open' : ''}><summary>${escaped(title)}</summary>`,
    '',
    ...body,
    ...examples(rows.slice(0, SHOWN)),
    '',
    '</details>',
  ];
}

/** Arguments stand in a block of code, one line each, so that nothing in them is read as anything else. */
function examples(rows: readonly AcceptedRow[]): string[] {
  const lines = rows.flatMap((row) =>
    row.examples.flatMap(({ exchange, at, sub = '', args }) =>
      args === undefined ? [] : [`${exchange} ${time(at)} ${visible(sub)} ${visible(args)}`],
    ),
  );
  if (lines.length === 0) return [];
  const longest = Math.max(3, ...lines.map((line) => longestRun(line) + 1));
  const fence = '`'.repeat(longest);
  return ['', `${fence}text`, ...lines, fence];
}

function longestRun(line: string): number {
  return Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
}

function listed({ lists: { changes } }: BacktestReport): string[] {
  if (changes.length === 0) return [];
  const lines = changes.slice(0, SHOWN).map((change) => {
    return `- ${escaped(listChangeText(change))}${change.accepted ? ' (accepted)' : ''}`;
  });
  const rest = changes.length > SHOWN ? [`- and ${changes.length - SHOWN} more`] : [];
  const title = '<details open><summary>Listed otherwise</summary>';
  return ['', title, '', ...lines, ...rest, '', '</details>'];
}

function callers({ callers: all }: BacktestReport): string[] {
  if (all.length === 0) return [];
  const cells = all.slice(0, SHOWN).map(({ sub, issuer, changed, kinds }) => {
    const told = Object.entries(kinds).map(([kind, count]) => `${kind} ${count}`);
    return [String(changed), `${sub} (${issuer})`, told.join(', ')];
  });
  const title = '<details><summary>By caller</summary>';
  return [
    '',
    title,
    '',
    ...table([['exchanges', 'caller', 'changes'], ...cells]),
    '',
    '</details>',
  ];
}

function rules(title: string, counts: readonly RuleCount[]): string[] {
  if (counts.length === 0) return [];
  const names = counts
    .slice(0, SHOWN)
    .map(({ rule, exchanges }) => `${rule} (${exchanges} before)`);
  return ['', escaped(`${title}: ${names.join(', ')}`)];
}

function table([head = [], ...rows]: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(line)];
}

/** Whatever Markdown would read is written as a reference (CommonMark, section 2.5); so nobody is mentioned either. */
function escaped(text: string): string {
  return escapedHtml(visible(text)).replace(
    /[\\`*_{}[\]()|~@:]|#(?!\d+;)/g,
    (character) => `&#${character.codePointAt(0)};`,
  );
}
