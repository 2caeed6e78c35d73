import { expect, it } from 'vitest';
import { spanText } from '../../src/model/span-text.ts';

it.each([
  [0, '0s'],
  [1_000, '1s'],
  [3_591_000, '59m 51s'],
  [3_600_000, '1h'],
  [5_400_000, '1h 30m'],
  [86_400_000, '1d'],
  [90_061_001, '1d 1h 1m 1s 1ms'],
])('writes %d milliseconds as %s', (milliseconds, text) => {
  expect(spanText(milliseconds)).toBe(text);
});
