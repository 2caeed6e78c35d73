const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const DURATION = /^([1-9]\d{0,6})(s|m|h|d)$/;

/** How a span of time is written. */
export const DURATION_HINT = 'a whole number and a unit: s, m, h or d, such as 1h';

/** Milliseconds of a span of time such as `90s`, `15m`, `1h` or `7d`; NaN for any other text. */
export function parseDuration(text: string): number {
  const [, digits = '', unit = ''] = DURATION.exec(text) ?? [];
  return Number(digits) * (UNITS[unit] ?? Number.NaN);
}
