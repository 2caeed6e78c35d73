import type { Span } from '../mask/detector.ts';

const SURROGATE = /[\ud800-\udfff]/;

/**
 * Turns spans that count code points, as Python does, into spans of UTF-16 code units.
 *
 * @returns undefined where a span is none of the text
 */
export function codePointSpans(text: string, spans: readonly Span[]): Span[] | undefined {
  const units = SURROGATE.test(text) ? unitsOf(text) : undefined;
  if (!spans.every(isIn(units ? units.length - 1 : text.length))) return undefined;
  return spans.map(({ start, end }) => {
    return { start: units?.[start] ?? start, end: units?.[end] ?? end };
  });
}

/** Where each code point begins, and the end of the text. A surrogate without its other half is one by itself. */
function unitsOf(text: string): number[] {
  const units: number[] = [];
  for (let at = 0; at < text.length; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) {
    units.push(at);
  }
  units.push(text.length);
  return units;
}

function isIn(length: number): (span: Span) => boolean {
  return ({ start, end }) =>
    Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= length;
}
