import type { Span } from './detector.ts';
import type { Echo } from './echo.ts';
import { fieldsInText } from './field/fields-in-text.ts';
import type { Hit } from './hit.ts';
import type { Finder, MaskPlan } from './mask-plan.ts';
import { type Base64Run, base64Runs, SHORTEST_RUN } from './text/base64-runs.ts';
import { decode } from './text/decode.ts';
import type { DecodedView } from './text/decoded-view.ts';
import { TextLook } from './text/text-look.ts';
import type { Due } from './use.ts';

/** What became of the text inside a run of base64, and what was due to it. */
export interface Rewritten {
  readonly text: string;
  readonly due: readonly Due[];
}

/** Masks a text that was inside another; undefined where nothing is found in it. */
export type RewriteInner = (text: string) => Rewritten | undefined;

const [COLON, EQUALS] = [0x3a, 0x3d];
/** Characters of a text that is remembered. */
const MAX_REMEMBERED = 128;
const MAX_CLEAN = 2_000;
const MAX_FIELDS = 200;

/** Finds what is to be masked in one text, in its encoded forms too. */
export class TextFinder {
  readonly #finders: readonly Finder[];
  readonly #fields: MaskPlan['fields'];
  readonly #echo: Echo;
  /** Short texts that have nothing in them, by field: results repeat themselves. */
  readonly #clean = new Map<string | undefined, Set<string>>();
  /** True where the text may repeat what was masked elsewhere. */
  echoes = false;

  constructor({ finders, fields }: MaskPlan, echo: Echo) {
    this.#finders = finders;
    this.#fields = fields;
    this.#echo = echo;
  }

  /**
   * @param field the name of the member that holds the text, or of the list that it is in
   * @param inner left out: base64 is not looked into
   */
  find(text: string, field: string | undefined, inner?: RewriteInner): Hit[] {
    const clean = this.#cleanIn(field);
    if (!this.echoes && clean.has(text)) return [];
    const hits = this.#find(text, field, inner);
    const isShort = text.length <= MAX_REMEMBERED && clean.size < MAX_CLEAN;
    if (hits.length === 0 && isShort && inner) clean.add(text);
    return hits;
  }

  #cleanIn(field: string | undefined): Set<string> {
    let clean = this.#clean.get(field);
    if (!clean) {
      clean = new Set();
      if (this.#clean.size < MAX_FIELDS) this.#clean.set(field, clean);
    }
    return clean;
  }

  #find(text: string, field: string | undefined, inner?: RewriteInner): Hit[] {
    const look = new TextLook(text);
    const hits = this.#plainHits(text, look, field);
    if (inner && look.longestRun >= SHORTEST_RUN) {
      for (const run of base64Runs(text)) addRun(hits, run, run, inner);
    }
    const view = decode(text, look);
    if (view) this.#addViewed(hits, view, field, inner);
    return hits;
  }

  #plainHits(text: string, look: TextLook, field: string | undefined): Hit[] {
    const hits: Hit[] = [];
    for (const { detector, needs, due } of this.#finders) {
      if (!look.may(needs)) continue;
      for (const { start, end } of detector.find(text, field)) hits.push({ start, end, due });
    }
    const fields = this.#fields;
    if (fields && (look.has(COLON) || look.has(EQUALS))) {
      for (const { start, end, name } of fieldsInText(text, (one) => fields.of(one).length > 0)) {
        hits.push({ start, end, due: fields.of(name) });
      }
    }
    return this.echoes ? [...hits, ...this.#echo.find(text)] : hits;
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
    for (const hit of this.#plainHits(text, look, field)) {
      const mapped = { ...hit, ...view.source(hit.start, hit.end) };
      const decoded = text.slice(hit.start, hit.end);
      // What was found as it is written is the same finding, which stands for what it says.
      const same = known.get(keyOf(mapped)) ?? hits.length;
      hits[same] = { ...mapped, decoded };
    }
    if (!inner || look.longestRun < SHORTEST_RUN) return;
    // Both are in order, so each run is compared with the one that it could be in.
    const runs = hits.filter((hit) => hit.rewritten !== undefined);
    let next = 0;
    for (const run of base64Runs(text)) {
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
