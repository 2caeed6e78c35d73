import type { Identity } from '../model/identity.ts';

/** How long something may go on after the token it began with, for clocks that differ; milliseconds. */
const TOLERANCE = 60_000;
/** Node's timers can't wait longer. */
const MAX_TIMER = 2 ** 31 - 1;

/** Until when something may go on that a token began, in milliseconds since the epoch; infinite where it has no end. */
export function endOfToken({ claims: { exp } }: Identity): number {
  return typeof exp === 'number' ? exp * 1_000 + TOLERANCE : Number.POSITIVE_INFINITY;
}

/** Calls back once when a token has expired. The timer keeps no process alive; undefined where the token has no end. */
export function afterExpiry(identity: Identity, expired: () => void): NodeJS.Timeout | undefined {
  const left = endOfToken(identity) - Date.now();
  if (!Number.isFinite(left)) return undefined;
  return setTimeout(expired, Math.max(0, Math.min(left, MAX_TIMER))).unref();
}
