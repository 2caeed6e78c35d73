import type { ExchangeRecord } from '../../model/transcript.ts';
import { cellText, type Layout, layoutOf } from './layout.ts';
import { painter, paintWord } from './paint.ts';
import { cut } from './wrap.ts';

export interface LineOptions {
  readonly colour: boolean;
  /** Made by {@link layoutOf}; left out: the usual widths, nothing cut. */
  readonly layout?: Layout;
}

/**
 * One exchange on one line, without a line end: time (UTC), short id, who, agent, upstream, method and target, effect,
 * rule, outcome, duration in milliseconds.
 */
export function exchangeLine(record: ExchangeRecord, options: LineOptions): string {
  const { columns, cuts } = options.layout ?? layoutOf(undefined);
  const paint = painter(options.colour);
  const cells = columns.map((column) => {
    const { name, width, right } = column;
    const text = cuts ? cut(cellText(column, record), width) : cellText(column, record);
    const filler = ' '.repeat(Math.max(0, width - [...text].length));
    const painted = name === 'effect' || name === 'outcome' ? paintWord(paint, text) : text;
    const faint = name === 'time' || name === 'clock' || text === '-';
    const cell = faint ? paint('dim', painted) : painted;
    return right ? filler + cell : cell + filler;
  });
  return cells.join('  ').trimEnd();
}

/** The heads of the columns. */
export function headLine({ columns }: Layout, colour: boolean): string {
  const heads = columns.map(({ head, width, right }) => {
    return right ? head.padStart(width) : head.padEnd(width);
  });
  return painter(colour)('dim', heads.join('  ').trimEnd());
}
