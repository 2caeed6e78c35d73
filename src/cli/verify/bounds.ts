import { GateError } from '../../model/errors.ts';
import type { VerifyOptions } from '../../store/sqlite/proof/verify-database.ts';
import { parseSince } from '../transcripts/arguments.ts';

type Bounds = Pick<VerifyOptions, 'from' | 'to' | 'since' | 'until'>;

/**
 * What `--from` and `--to` mean: positions, or times.
 *
 * @throws GateError USAGE
 */
export function boundsOf(from: string | undefined, to: string | undefined, now: number): Bounds {
  const bounds = {
    ...(from === undefined ? {} : one(from, 'from', 'since', now)),
    ...(to === undefined ? {} : one(to, 'to', 'until', now)),
  };
  const { from: first, to: last, since, until } = bounds;
  const isTurned = (a?: number, b?: number) => a !== undefined && b !== undefined && a > b;
  if (isTurned(first, last) || isTurned(since, until)) {
    throw new GateError('USAGE', `--from ${from} is behind --to ${to}`);
  }
  return bounds;
}

function one<Position extends 'from' | 'to', Time extends 'since' | 'until'>(
  text: string,
  position: Position,
  time: Time,
  now: number,
): Bounds {
  if (/^\d{1,15}$/.test(text)) return { [position]: Number(text) };
  return { [time]: parseSince(text, now, position) };
}
