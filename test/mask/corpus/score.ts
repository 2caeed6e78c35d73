import type { Detector, Span } from '../../../src/mask/detector.ts';
import type { CorpusDocument, Label, Piece } from './labelled.ts';

/** A label that nothing found, or a finding that is none. */
export interface Mistake {
  readonly what: string;
  readonly text: string;
  readonly around: string;
  readonly field?: string;
  readonly format: string;
  readonly country: string;
}

/** What one detector did over a corpus. */
export interface Score {
  /** Findings, and how many of them lie within labels of the detector or its group. */
  found: number;
  right: number;
  /** Labels of this kind, and how many the detector or others of its group covered. */
  support: number;
  hit: number;
  readonly misses: Mistake[];
  readonly alarms: Mistake[];
}

/** Of this much of a label, at least, a finding has to be. */
const COVER = 0.8;
/** So far a finding may run over a label, in characters: quotes, a unit, a title. */
const OVER = 4;

export interface Graded {
  readonly detectors: readonly Detector[];
  /** The kind that a label or a detector counts as: its group's. */
  readonly kindOf: (name: string) => string;
  /** The detector of a label's kind. */
  readonly detectorOf: (label: string) => string;
}

/**
 * Lets detectors loose on documents. A label is hit where findings of its kind cover most of it and none
 * runs far over; a finding is right where it lies within labels of its kind.
 */
export function score(documents: Iterable<CorpusDocument>, graded: Graded): Map<string, Score> {
  const scores = new Map<string, Score>();
  const scoreOf = (name: string) => {
    const known = scores.get(name);
    if (known !== undefined) return known;
    const made = { found: 0, right: 0, support: 0, hit: 0, misses: [], alarms: [] };
    scores.set(name, made);
    return made;
  };
  for (const { name } of graded.detectors) scoreOf(name);
  for (const document of documents) {
    for (const piece of document.pieces) scorePiece(document, piece, graded, scoreOf);
  }
  return scores;
}

function scorePiece(
  document: CorpusDocument,
  piece: Piece,
  { detectors, kindOf, detectorOf }: Graded,
  scoreOf: (name: string) => Score,
): void {
  const right = new Map<string, Span[]>();
  for (const { name, find } of detectors) {
    const own = scoreOf(name);
    const stretches = joined(piece.labels.filter(({ what }) => kindOf(what) === kindOf(name)));
    for (const span of find(piece.text, piece.field)) {
      own.found++;
      if (stretches.some((stretch) => within(span, stretch))) {
        own.right++;
        right.set(kindOf(name), [...(right.get(kindOf(name)) ?? []), span]);
      } else own.alarms.push(mistake(name, span, document, piece));
    }
  }
  for (const label of piece.labels) {
    const own = scoreOf(detectorOf(label.what));
    own.support++;
    if (covered(label, right.get(kindOf(label.what)) ?? [])) own.hit++;
    else own.misses.push(mistake(label.what, label, document, piece));
  }
}

type Stretch = Pick<Label, 'start' | 'end' | 'from' | 'to'>;

/** Labels that stand side by side, as the cells of a row do, count as one: an address may be found as a whole. */
function joined(labels: readonly Label[]): Stretch[] {
  const stretches: { start: number; end: number; from: number; to: number }[] = [];
  for (const { start, end, from, to } of labels) {
    const last = stretches.at(-1);
    if (last !== undefined && from - last.to <= OVER) Object.assign(last, { end, to });
    else stretches.push({ start, end, from, to });
  }
  return stretches;
}

function within({ start, end }: Span, label: Stretch): boolean {
  const overlap = Math.min(end, label.end) - Math.max(start, label.start);
  return overlap > 0 && start >= label.from - OVER && end <= label.to + OVER;
}

function covered(label: Label, spans: readonly Span[]): boolean {
  let sum = 0;
  let at = label.start;
  for (const { start, end } of [...spans].sort((one, other) => one.start - other.start)) {
    const [from, to] = [Math.max(at, start), Math.min(label.end, end)];
    if (to <= from) continue;
    sum += to - from;
    at = to;
  }
  return sum >= COVER * (label.end - label.start);
}

function mistake(
  what: string,
  { start, end }: Span,
  document: CorpusDocument,
  piece: Piece,
): Mistake {
  const { format, country } = document;
  const { field, text } = piece;
  const around = `${text.slice(Math.max(0, start - 40), start)}»${text.slice(start, end)}«${text.slice(end, end + 20)}`;
  const made = { what, text: text.slice(start, end), around, format, country };
  return field === undefined ? made : { ...made, field };
}

/** How right what it found is; 1 where it found nothing. */
export const precision = ({ found, right }: Score): number => (found === 0 ? 1 : right / found);

/** How much of what there was it found; 1 where there was nothing. */
export const recall = ({ support, hit }: Score): number => (support === 0 ? 1 : hit / support);

/** Digits become 9, letters a or A, so that mistakes of one shape count as one. */
export function shapeOf(text: string): string {
  return text
    .replace(/\p{Lu}+/gu, 'A')
    .replace(/\p{Ll}+/gu, 'a')
    .replace(/\p{Lo}+/gu, '字')
    .replace(/\d/g, '9')
    .slice(0, 60);
}
