import { visible } from '../../../model/visible.ts';
import type { Matched, Missed } from '../../../replay/mock/matching.ts';
import type { AskedRow, Miss, MockReport } from '../../../replay/mock/summary.ts';
import { counted } from '../../report.ts';
import { painter } from '../../transcripts/paint.ts';
import type { MockSettings } from './mock-settings.ts';
import type { Recordings } from './recordings.ts';

/** What is served, and where. */
export function startText(
  recordings: Pick<Recordings, 'upstreams' | 'size' | 'unreadable'>,
  url: string | undefined,
  { ignored, token, madeToken }: MockSettings,
): string {
  const { upstreams, size, unreadable } = recordings;
  const how = ignored ? 'nearest arguments' : 'same arguments';
  const names = upstreams.map(visible);
  const lost =
    unreadable === 0
      ? []
      : [`${counted(unreadable, 'request')} can't be answered: their text was not kept whole`];
  const places = url === undefined ? [] : names.map((name) => `  ${url}/mcp/${name}`);
  return `${[
    `replaying ${counted(size, 'request')} of ${names.join(', ')}, answered by the ${how}`,
    ...lost,
    ...places,
    ...(url !== undefined && names.length > 1 ? [`  ${url}/mcp (all of them)`] : []),
    ...(madeToken ? [`callers must bring: Authorization: Bearer ${token}`] : []),
  ].join('\n')}\n`;
}

/** A request that was not recorded, on one line. */
export function missText(upstream: string, missed: Missed): string {
  return `not recorded: ${visible(missed.subject)} at ${visible(upstream)}${nearestText(missed)}\n`;
}

/** A request that is answered by one that only comes nearest, on one line. */
export function nearText(
  upstream: string,
  subject: string,
  { exchange, differs = [] }: Matched,
): string {
  const places = differs.map(visible).join(', ');
  const asked = `${visible(subject)} at ${visible(upstream)}`;
  return `answered by the nearest: ${asked}, by ${exchange}, which differs in ${places}\n`;
}

function nearestText({ nearest, known }: Missed): string {
  if (nearest) {
    const places = nearest.differs.map(visible).join(', ');
    const masked = nearest.masked ? ', where the record is masked' : '';
    return `; the nearest, ${nearest.exchange}, differs in ${places || 'what is masked'}${masked}`;
  }
  return known.length === 0 ? '' : `; recorded: ${known.map(visible).join(', ')}`;
}

const columns = ['asked', 'same', 'loose', 'nearest', 'missed'] as const;

/** What was asked and what was missed, for people. */
export function reportText(report: MockReport, colour: boolean): string {
  const { asked, misses, moreMisses, recorded, replayed } = report;
  const paint = painter(colour);
  if (asked.length === 0) return 'nothing was asked\n';
  const used = columns.filter((name) => asked.some((row) => row[name] > 0));
  const width = asked.reduce((most, { subject }) => Math.max(most, visible(subject).length), 0);
  const head = `${' '.repeat(width)}${used.map((name) => name.padStart(9)).join('')}`;
  const rows = asked.map((row) => {
    const line = rowText(row, used, width);
    return row.missed > 0 ? paint('red', line) : line;
  });
  return `${[
    paint('dim', head),
    ...rows,
    `${replayed} of ${counted(recorded, 'recorded request')} replayed`,
    ...misses.map(missLine),
    ...(moreMisses > 0 ? [`and ${moreMisses} more that were not recorded`] : []),
  ].join('\n')}\n`;
}

function rowText(row: AskedRow, used: readonly (typeof columns)[number][], width: number): string {
  const cells = used.map((name) => String(row[name] || '').padStart(9));
  return `${visible(row.subject).padEnd(width)}${cells.join('')}`.trimEnd();
}

function missLine(miss: Miss): string {
  const times = miss.times > 1 ? `, ${miss.times} times` : '';
  const { subject, upstream } = miss;
  return `not recorded${times}: ${visible(subject)} at ${visible(upstream)}${nearestText(miss)}`;
}
