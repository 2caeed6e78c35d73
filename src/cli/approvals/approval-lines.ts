import { painter } from '../transcripts/paint.ts';
import { cut } from '../transcripts/wrap.ts';
import type { ListedApproval } from './approvals-api.ts';
import { missingText } from './missing-text.ts';
import { roughSpan } from './rough-span.ts';

export interface LinesOptions {
  readonly colour: boolean;
  /** Characters in a line; left out: as many as it takes. */
  readonly width: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const GAP = '  ';
const heads = ['id', 'state', 'time', 'who', 'what', 'needs'];

/** Approvals as a table, one a line. */
export function approvalLines(
  approvals: readonly ListedApproval[],
  { colour, width, now }: LinesOptions,
): string {
  const paint = painter(colour);
  const rows = approvals.map((one) => cellsOf(one, now));
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => [...(row[column] ?? '')].length)),
  );
  const lineOf = (cells: readonly string[]) => {
    const line = cells.map((cell, column) => {
      return cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - [...cell].length));
    });
    const whole = line.join(GAP).trimEnd();
    return width === undefined ? whole : cut(whole, width);
  };
  const lines = [paint('dim', lineOf(heads)), ...rows.map(lineOf)];
  return `${lines.join('\n')}\n`;
}

function cellsOf(one: ListedApproval, now: number): string[] {
  const { id, state, caller, upstream, target, breakGlass, standing, missing } = one;
  const marks = [...(standing ? ['calls alike'] : []), ...(breakGlass ? ['BREAK GLASS'] : [])];
  const needs = missing.map(missingText);
  return [
    id,
    state,
    timeOf(one, now),
    caller.sub,
    `${upstream} ${target}`,
    [...needs, ...marks].join('; ') || (one.reason ?? '-'),
  ];
}

/** How long it stays as it is, or how long ago it ended. */
function timeOf({ state, expiresAt, usableUntil, endedAt }: ListedApproval, now: number): string {
  const until = state === 'pending' ? expiresAt : usableUntil;
  if (endedAt === undefined && until !== undefined) {
    return `${roughSpan(Date.parse(until) - now)} left`;
  }
  return endedAt === undefined ? '-' : `${roughSpan(now - Date.parse(endedAt))} ago`;
}
