import type { Span } from '../../detector.ts';

/** In order; those that overlap become one. */
export function united(spans: readonly Span[]): Span[] {
  const kept: { start: number; end: number }[] = [];
  for (const { start, end } of [...spans].sort((one, other) => one.start - other.start)) {
    const last = kept.at(-1);
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end);
    else kept.push({ start, end });
  }
  return kept;
}
