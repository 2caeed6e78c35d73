import type { Json } from '../../model/json.ts';
import type { Span } from '../detector.ts';
import type { Due } from '../use.ts';

/** A stretch of a text that is to be masked. */
export interface Hit extends Span {
  readonly due: readonly Due[];
  /** What stands there, where the text says it in an encoded form. */
  readonly decoded?: string;
  /** The value that was masked elsewhere and is told again here. */
  readonly repeats?: Json;
  /** What takes its place, where that is known already: base64 with something masked inside. */
  readonly rewritten?: string;
}

/** Hits that overlap, as one. */
export interface Stretch extends Span {
  readonly hits: readonly Hit[];
}

/** Joins hits that overlap. What only touches stays apart. */
export function stretchesOf(hits: readonly Hit[]): Stretch[] {
  const sorted = hits.length > 1 ? [...hits].sort(byPlace) : hits;
  const stretches: { start: number; end: number; hits: Hit[] }[] = [];
  for (const hit of sorted) {
    const last = stretches.at(-1);
    if (last && hit.start < last.end) {
      last.hits.push(hit);
      last.end = Math.max(last.end, hit.end);
    } else {
      stretches.push({ start: hit.start, end: hit.end, hits: [hit] });
    }
  }
  return stretches;
}

/** The longest of those that begin at one place comes first, and names the stretch. */
function byPlace(a: Hit, b: Hit): number {
  return a.start - b.start || b.end - a.end;
}
