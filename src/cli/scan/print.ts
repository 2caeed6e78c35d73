import { visible } from '../../model/visible.ts';
import type { Scan, ScanRow } from '../../replay/scan.ts';
import { counted } from '../report.ts';
import { painter } from '../transcripts/paint.ts';

/** Places that a row names. */
const MOST_PLACES = 4;

/** A scan for people: a table of what passed, then rules to paste. */
export function scanText(scan: Scan, suggested: string, colour: boolean): string {
  const { rows } = scan;
  const paint = painter(colour);
  const head = `${summary(scan)}\n`;
  if (rows.length === 0) return head;
  const table = rows.map(cellsOf);
  const titles = ['upstream', 'what', 'way', 'detector', 'passed', 'exchanges', 'stopped'];
  const widths = titles.map((title, column) => {
    return table.reduce((most, cells) => Math.max(most, cells[column]?.length ?? 0), title.length);
  });
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const lines = rows.flatMap((row, index) => {
    const where = row.places.slice(0, MOST_PLACES).map(visible);
    const more = row.places.length > MOST_PLACES ? ['and others'] : [];
    const at = where.length === 0 ? '' : `at ${[...where, ...more].join(', ')}; `;
    return [
      line(table[index] ?? []),
      paint('dim', `  ${at}for one, see exchange ${row.example.slice(-8)}`),
    ];
  });
  const rules =
    suggested === '' ? '' : `\n# Rules that would have masked what passed:\n${suggested}`;
  return `${head}\n${paint('dim', line(titles))}\n${lines.join('\n')}\n${rules}`;
}

function cellsOf(row: ScanRow): string[] {
  const { upstream, method, target, side, detector, passed, exchanges, stopped } = row;
  const way = side === 'args' ? 'up' : 'down';
  const what = [upstream, target ?? method, way, detector].map(visible);
  return [...what, String(passed), String(exchanges), String(stopped)];
}

function summary({ rows, exchanges, messages, cut, more, first, last }: Scan): string {
  const span = first === undefined || last === undefined ? '' : `, ${time(first)} to ${time(last)}`;
  const found = rows.reduce((sum, { passed }) => sum + passed, 0);
  const stopped = rows.reduce((sum, { stopped: one }) => sum + one, 0);
  return [
    `${counted(exchanges, 'exchange')} with ${counted(messages, 'message')}${span}`,
    `${counted(found, 'finding')} passed unmasked${stopped === 0 ? '' : `, ${stopped} more were stopped`}`,
    ...(cut === 0 ? [] : [`of ${counted(cut, 'message')} only the beginning was kept`]),
    ...(more === 0 ? [] : [`${counted(more, 'finding')} more, of further tools, are not listed`]),
  ].join('\n');
}

/** A scan as one JSON object. */
export function scanJson(scan: Scan, suggested: string, failed: boolean) {
  const { rows, first, last, ...counts } = scan;
  return {
    ...counts,
    first: first === undefined ? null : time(first),
    last: last === undefined ? null : time(last),
    failed,
    findings: rows.map(({ kind: _, ...row }) => row),
    suggested,
  };
}

/** RFC 3339, in UTC, to the second. */
function time(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
