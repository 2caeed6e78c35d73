/** Milliseconds until the second try. */
const FIRST = 5_000;
/** The longest between two tries: half an hour. */
const LONGEST = 1_800_000;
/** What a receiver may ask for at most: an hour. */
const MAX_ASKED = 3_600_000;

/**
 * How long to wait before news is sent again: twice as long each time, and a random part of it, so that what failed
 * together isn't tried together.
 *
 * @param attempts tries so far, this one among them
 * @param asked milliseconds that the receiver has asked for
 * @param random from 0 to 1
 */
export function retryDelay(attempts: number, asked: number | undefined, random: number): number {
  const longest = Math.min(FIRST * 2 ** Math.min(attempts - 1, 20), LONGEST);
  return Math.max(longest / 2 + (longest / 2) * random, Math.min(asked ?? 0, MAX_ASKED));
}

/** Milliseconds that a Retry-After header asks for (RFC 9110, section 10.2.3); undefined where it says nothing. */
export function askedDelay(retryAfter: string | undefined, now: number): number | undefined {
  if (retryAfter === undefined) return undefined;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1_000;
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
