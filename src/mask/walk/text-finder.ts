import type { DetectorFamily, Span } from '../detector.ts';
import { fieldsInText } from '../field/fields-in-text.ts';
import type { MaskPlan } from '../mask-plan.ts';
import { type Base64Run, base64Runs } from '../text/base64-runs.ts';
import { decode } from '../text/decode.ts';
import type { DecodedView } from '../text/decoded-view.ts';
import { SHORTEST_RUN, TextLook } from '../text/text-look.ts';
import type { Due } from '../use.ts';
import type { Echo } from './echo.ts';
import type { FinderChoice } from './finder-choice.ts';
import type { Hit } from './hit.ts';

/** What became of the text inside a run of base64, and what was due to it. */
export interface Rewritten {
  readonly text: string;
  readonly due: readonly Due[];
}

/** Masks a text that was inside another; undefined where nothing is found in it. */
export type RewriteInner = (text: string) => Rewritten | undefined;

const NO_HITS: readonly Hit[] = [];
const [COLON, EQUALS] = [0x3a, 0x3d];
/** Characters of a text that is remembered. */
const MAX_REMEMBERED = 128;
const MAX_CLEAN = 2_000;
const MAX_FIELDS = 200;

/** Finds what is to be masked in one text, in its encoded forms too. */
export class TextFinder {
  readonly #choice: FinderChoice;
  readonly #fields: MaskPlan['fields'];
  readonly #echo: Echo;
  /** Short texts that have nothing in them, by field: results repeat themselves. */
  readonly #clean = new Map<string | undefined, Set<string>>();
  /** True where the text may repeat what was masked elsewhere. */
  echoes = false;

  constructor({ choice, fields }: MaskPlan, echo: Echo) {
    this.#choice = choice;
    this.#fields = fields;
    this.#echo = echo;
  }

  /**
   * @param field the name of the member that holds the text, or of the list that it is in
   * @param inner left out: base64 is not looked into
   */
  find(text: string, field: string | undefined, inner?: RewriteInner): readonly Hit[] {
    // To ask for a long text is to go over all of it.
    if (text.length > MAX_REMEMBERED) return this.#find(text, field, inner);
    return this.#findShort(text, field, inner, inner !== undefined);
  }

  /** Finds it in the digits of a number. */
  findInNumber(digits: string, field: string | undefined): readonly Hit[] {
    // No base64 is so short, so what is clean as a number is clean as a text.
    return this.#findShort(digits, field, undefined, digits.length < SHORTEST_RUN);
  }

  #findShort(
    text: string,
    field: string | undefined,
    inner: RewriteInner | undefined,
    remembers: boolean,
  ): readonly Hit[] {
    const clean = this.#cleanIn(field);
    if (!this.echoes && clean?.has(text)) return NO_HITS;
    const hits = this.#find(text, field, inner);
    if (hits.length === 0 && remembers && clean && clean.size < MAX_CLEAN) clean.add(text);
    return hits;
  }

  /** Undefined where too many fields were met: their names may be as many as their values. */
  #cleanIn(field: string | undefined): Set<string> | undefined {
    const known = this.#clean.get(field);
    if (known || this.#clean.size >= MAX_FIELDS) return known;
    const clean = new Set<string>();
    this.#clean.set(field, clean);
    return clean;
  }

  #find(text: string, field: string | undefined, inner?: RewriteInner): readonly Hit[] {
    const look = new TextLook(text);
    const hits: Hit[] = [];
    this.#addPlain(hits, text, look, field);
    if (inner && look.runs.length > 0) {
      for (const run of base64Runs(text, look.runs)) addRun(hits, run, run, inner);
    }
    const view = decode(text, look);
    if (view) this.#addViewed(hits, view, field, inner);
    return hits;
  }

  #addPlain(hits: Hit[], text: string, look: TextLook, field: string | undefined): void {
    let empty: DetectorFamily | undefined;
    for (const { detector, needs, due } of this.#choice.of(look)) {
      if (!look.may(needs)) continue;
      const { family } = detector;
      if (family) {
        if (family === empty) continue;
        if (!family.finds(text, field)) {
          empty = family;
          continue;
        }
      }
      const spans = detector.find(text, field);
      for (let i = 0; i < spans.length; i++) {
        const { start, end } = spans[i] as Span;
        hits.push({ start, end, due });
      }
    }
    const fields = this.#fields;
    if (fields && (look.has(COLON) || look.has(EQUALS))) {
      for (const { start, end, name } of fieldsInText(text, (one) => fields.of(one).length > 0)) {
        hits.push({ start, end, due: fields.of(name) });
      }
    }
    if (this.echoes) for (const hit of this.#echo.find(text)) hits.push(hit);
  }

  #addViewed(
    hits: Hit[],
    view: DecodedView,
    field: string | undefined,
    inner: RewriteInner | undefined,
  ): void {
    const { text } = view;
    const look = new TextLook(text);
    const known = new Map(hits.map((hit, index) => [keyOf(hit), index]));
    const viewed: Hit[] = [];
    this.#addPlain(viewed, text, look, field);
    for (const hit of viewed) {
      const mapped = { ...hit, ...view.source(hit.start, hit.end) };
      const decoded = text.slice(hit.start, hit.end);
      // What was found as it is written is the same finding, which stands for what it says.
      const same = known.get(keyOf(mapped)) ?? hits.length;
      hits[same] = { ...mapped, decoded };
    }
    if (!inner || look.runs.length === 0) return;
    // Both are in order, so each run is compared with the one that it could be in.
    const runs = hits.filter((hit) => hit.rewritten !== undefined);
    let next = 0;
    for (const run of base64Runs(text, look.runs)) {
      const span = view.source(run.start, run.end);
      while ((runs[next]?.end ?? Number.POSITIVE_INFINITY) <= span.start) next++;
      const isKnown = (runs[next]?.start ?? Number.POSITIVE_INFINITY) < span.end;
      if (!isKnown) addRun(hits, run, span, inner);
    }
  }
}

function keyOf({ start, end, due }: Span & { readonly due: readonly Due[] }): string {
  return `${start} ${end} ${due[0]?.use.id}`;
}

function addRun(
  hits: Hit[],
  { decoded, encode }: Base64Run,
  { start, end }: Span,
  inner: RewriteInner,
): void {
  const rewritten = inner(decoded);
  if (rewritten) hits.push({ start, end, due: rewritten.due, rewritten: encode(rewritten.text) });
}
