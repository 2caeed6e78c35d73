/** Milliseconds until the second try, the longest between two, and the most that a receiver may ask for. */
export interface RetrySpans {
  readonly first: number;
  readonly longest: number;
  readonly asked: number;
}

/**
 * How long to wait before something is sent again: twice as long each time, and a random part of it, so that what failed
 * together isn't tried together.
 *
 * @param failures tries so far, this one among them
 * @param asked milliseconds that the receiver has asked for
 * @param random from 0 to 1
 */
export function retryDelay(
  spans: RetrySpans,
  failures: number,
  asked: number | undefined,
  random: number,
): number {
  const longest = Math.min(spans.first * 2 ** Math.min(failures - 1, 20), spans.longest);
  return Math.max(longest / 2 + (longest / 2) * random, Math.min(asked ?? 0, spans.asked));
}
