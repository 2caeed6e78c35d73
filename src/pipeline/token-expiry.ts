import type { Identity } from '../model/identity.ts';

/** How long something may go on after the token it began with, for clocks that differ; milliseconds. */
const TOLERANCE = 60_000;
/** Node's timers can't wait longer. */
const MAX_TIMER = 2 ** 31 - 1;

/** Calls back once when a token has expired. The timer keeps no process alive; undefined where the token has no end. */
export function afterExpiry(
  { claims: { exp } }: Identity,
  expired: () => void,
): NodeJS.Timeout | undefined {
  if (typeof exp !== 'number') return undefined;
  const left = exp * 1_000 + TOLERANCE - Date.now();
  return setTimeout(expired, Math.max(0, Math.min(left, MAX_TIMER))).unref();
}
