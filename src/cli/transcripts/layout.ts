import type { ExchangeRecord } from '../../model/transcript.ts';
import { visible } from '../../model/visible.ts';

interface Column {
  readonly head: string;
  readonly text: (record: ExchangeRecord) => string | undefined;
  /** Width where the rows aren't known before. */
  readonly usual: number;
  /** Width that it can be cut to; left out: it is never cut. */
  readonly least?: number;
  readonly right?: boolean;
}

/** The columns of a list of exchanges, in their order. */
export const columns = {
  time: { head: 'time', usual: 20, text: (one) => timestamp(one.openedAt) },
  clock: { head: 'time', usual: 9, text: (one) => timestamp(one.openedAt).slice(11) },
  id: { head: 'id', usual: 8, text: (one) => shortId(one.id) },
  sub: { head: 'who', usual: 12, least: 6, text: (one) => one.sub },
  agent: { head: 'agent', usual: 20, least: 12, text: (one) => one.agent },
  upstream: { head: 'upstream', usual: 12, least: 8, text: (one) => one.upstream },
  what: { head: 'what', usual: 36, least: 30, text: whatOf },
  effect: { head: 'effect', usual: 7, text: (one) => one.effect },
  rule: { head: 'rule', usual: 24, least: 18, text: (one) => one.rule },
  outcome: { head: 'outcome', usual: 9, text: (one) => one.outcome },
  duration: { head: 'ms', usual: 8, right: true, text: durationOf },
} satisfies Record<string, Column>;

export type ColumnName = keyof typeof columns;
export interface PlacedColumn extends Column {
  readonly name: ColumnName;
  readonly width: number;
}
/** Columns with their widths. */
export interface Layout {
  readonly columns: readonly PlacedColumn[];
  /** Whether texts are cut to their column. */
  readonly cuts: boolean;
}

/** Width that texts keep on any terminal. */
const NARROWEST = 4;
/** What a narrow terminal does without, one after the other. */
const dispensable: readonly ColumnName[] = ['time', 'agent', 'rule', 'effect', 'upstream'];

/**
 * Lays lines out.
 *
 * @param records what will be shown; left out: columns get their usual widths
 * @param width of the terminal; left out: lines are as long as it takes
 */
export function layoutOf(records: readonly ExchangeRecord[] | undefined, width?: number): Layout {
  const natural = (Object.keys(columns) as ColumnName[]).map((name): PlacedColumn => {
    const column: Column = columns[name];
    const texts = records?.map((record) => cellText(column, record).length);
    const wide = texts?.reduce((most, one) => Math.max(most, one), column.head.length);
    return { ...column, name, width: wide ?? column.usual };
  });
  const without = (names: readonly ColumnName[]) =>
    natural.filter(({ name }) => !names.includes(name));
  if (width === undefined) return { columns: without(['clock']), cuts: false };
  for (let step = 0; step <= dispensable.length; step++) {
    const gone = dispensable.slice(0, step);
    const kept = without(step === 0 ? ['clock'] : gone);
    if (leastWidth(kept) <= width) return { columns: shrink(kept, width), cuts: true };
  }
  const rest = without(dispensable).map((column) => {
    return column.least === undefined ? column : { ...column, least: NARROWEST };
  });
  return { columns: shrink(rest, width), cuts: true };
}

/** The text of a cell, safe to print; `-` where there is none. */
export function cellText(column: Column, record: ExchangeRecord): string {
  return visible(column.text(record) || '-');
}

/** The end of an id, which is enough to name an exchange by. */
export function shortId(id: string): string {
  return id.slice(-8);
}

/** How long an exchange took, in milliseconds; undefined while it is open. */
export function durationOf({ openedAt, closedAt }: ExchangeRecord): string | undefined {
  return closedAt === undefined ? undefined : (closedAt - openedAt).toFixed(1);
}

export function whatOf({ method, target }: ExchangeRecord): string {
  return target === undefined ? method : `${method} ${target}`;
}

/** RFC 3339, in UTC, to the second. */
function timestamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

const GAP = 2;

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one, 0) + GAP * Math.max(0, widths.length - 1);
}

function leastWidth(placed: readonly PlacedColumn[]): number {
  return totalWidth(placed.map(({ width, least = width }) => Math.min(width, least)));
}

/** Takes from the widest that may be cut until all fit, or nothing can be cut. */
function shrink(placed: readonly PlacedColumn[], width: number): PlacedColumn[] {
  const result = placed.map((column) => ({ ...column }));
  for (let over = totalWidth(result.map((one) => one.width)) - width; over > 0; over--) {
    const spare = result.filter(({ least, width }) => least !== undefined && width > least);
    const [widest] = spare.sort((a, b) => b.width - a.width);
    if (!widest) break;
    widest.width--;
  }
  return result;
}
