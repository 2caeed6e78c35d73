import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askedDelay } from '../../src/receiver/asked-delay.ts';
import { retryDelay } from '../../src/receiver/retry-delay.ts';

const NOW = Date.parse('2026-10-01T12:00:00Z');
const HOUR = 3_600_000;
const spans = { first: 5_000, longest: 1_800_000, asked: HOUR };

describe('the wait before another try', () => {
  it('doubles up to the longest, with a part left to chance', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (more, random) => {
          const delay = retryDelay(spans, more + 1, undefined, random);
          const whole = Math.min(spans.first * 2 ** more, spans.longest);
          expect(delay).toBeGreaterThanOrEqual(whole / 2);
          expect(delay).toBeLessThanOrEqual(whole);
        },
      ),
    );
  });

  it.each([
    { header: '17', wait: 17_000 },
    { header: new Date(NOW + 60_000).toUTCString(), wait: 60_000 },
    { header: new Date(NOW - 60_000).toUTCString(), wait: 0 },
    { header: 'soon', wait: undefined },
    { header: undefined, wait: undefined },
  ])('is $wait for Retry-After $header', ({ header, wait }) => {
    expect(askedDelay(header, NOW)).toBe(wait);
  });

  it('is no longer than a receiver may ask for', () => {
    expect(retryDelay(spans, 1, askedDelay('999999999', NOW), 1)).toBe(HOUR);
  });
});
