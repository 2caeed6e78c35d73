import type { MaskReport } from '../../mask/mask.ts';
import { visible } from '../../model/visible.ts';
import { counted } from '../report.ts';

/** Places that a line of the summary names. */
const MOST_PLACES = 5;
/** Places that a report keeps. */
const KEPT_PLACES = 100;

/** What masks did, put together by rule, detector and masker. Never a value. */
export class MaskTotals {
  readonly #byKey = new Map<string, { report: Omit<MaskReport, 'places'>; places: Set<string> }>();

  add(reports: readonly MaskReport[]): void {
    for (const { places, ...report } of reports) {
      const key = JSON.stringify([report.rule, report.what, report.masker]);
      const known = this.#byKey.get(key) ?? { report: { ...report, count: 0 }, places: new Set() };
      known.report = { ...known.report, count: known.report.count + report.count };
      for (const place of places) if (known.places.size < KEPT_PLACES) known.places.add(place);
      this.#byKey.set(key, known);
    }
  }

  get all(): MaskReport[] {
    return [...this.#byKey.values()].map(({ report, places }) => {
      return { ...report, places: [...places] };
    });
  }
}

/** One mask of a report, as `--json` gives it and transcripts name it. */
export function reportJson({ rule, what, masker, count, places }: MaskReport) {
  return { rule, what, with: masker, count, places };
}

/** A line for each mask that did something: what, with, how often, by which rule, where. */
export function summaryLines(reports: readonly MaskReport[]): string[] {
  if (reports.length === 0) return ['nothing was masked'];
  return reports.map(({ rule, what, masker, count, places }) => {
    const shown = places.slice(0, MOST_PLACES).map((place) => visible(place) || '(all of it)');
    // A report keeps some of the places, so how many more there are is not known.
    const more = places.length > MOST_PLACES ? ['and others'] : [];
    const where = shown.length === 0 ? '' : `: ${[...shown, ...more].join(', ')}`;
    return `${visible(what)}, ${masker}, ${counted(count, 'time')}, by ${visible(rule)}${where}`;
  });
}
