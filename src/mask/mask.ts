import { EACH, type MaskObligation, type MaskSide, type PathSegment } from '../model/decision.ts';
import type { Json } from '../model/json.ts';
import { type Replace, replaceAt } from './at-path.ts';
import type { Detector, Span } from './detector.ts';
import { detectors } from './detectors.ts';
import { Echo, scalarText } from './echo.ts';
import { type Masker, maskerOf } from './masker.ts';
import type { Place } from './place.ts';
import { rewriteData } from './walk.ts';

/** What one mask did; never a value. */
export interface MaskReport {
  readonly rule: string;
  /** The detector, or the path. */
  readonly what: string;
  readonly count: number;
}

export interface Masked {
  /** The masked copy, or the same value where nothing was found. */
  readonly value: Json;
  readonly reports: readonly MaskReport[];
}

/**
 * Applies every mask of one side to a value, whose data sits where `place` says.
 *
 * @param base where in the value the paths of masks begin.
 */
export function applyMasks(
  value: Json,
  place: Place,
  side: MaskSide,
  masks: readonly MaskObligation[],
  base: readonly PathSegment[] = [],
): Masked {
  const due = masks.filter((mask) => mask.sides.includes(side)).sort(mildestFirst);
  if (due.length === 0) return { value, reports: [] };
  const run = new MaskRun();
  const withoutPaths = run.paths(value, place, due, base);
  return { value: run.findings(withoutPaths, place, due), reports: run.reports() };
}

/** Masks of the same value add up in this order to the same, whatever the order of rules. */
function mildestFirst(a: MaskObligation, b: MaskObligation): number {
  return Number(a.with.masker === 'redact') - Number(b.with.masker === 'redact');
}

/** A detector, with what all masks that name it do to a finding. */
interface Finder {
  readonly detector: Detector;
  readonly uses: { readonly masker: Masker; readonly rule: string }[];
}

class MaskRun {
  readonly #counts = new Map<string, { rule: string; what: string; count: number }>();

  /** Masks what stands at paths, and its echoes: servers repeat structured content as text. */
  paths(
    value: Json,
    place: Place,
    masks: readonly MaskObligation[],
    base: readonly PathSegment[],
  ): Json {
    let masked = value;
    for (const { target, rule, with: spec } of masks) {
      if (!('path' in target)) continue;
      const masker = maskerOf(spec);
      const counted: Masker = (text) => {
        this.#count(rule, target.text);
        return masker(text);
      };
      const echo = new Echo();
      const hide: Replace = (found) => {
        if (found === null) return found;
        echo.add(found);
        return counted(scalarText(found));
      };
      masked = replaceAt(masked, [...base, ...target.path], hide);
      if (target.path[0] !== 'structuredContent') continue;
      masked = replaceAt(masked, ['content', EACH, 'text', ...target.path.slice(1)], hide);
      if (echo.seal()) masked = withoutEchoes(masked, place, echo, counted);
    }
    return masked;
  }

  /** Masks what detectors find, wherever data sits. */
  findings(value: Json, place: Place, masks: readonly MaskObligation[]): Json {
    const finders = findersOf(masks);
    return finders.length === 0
      ? value
      : rewriteData(value, place, {
          touches: (text) => finders.some(({ detector }) => detector.find(text).length > 0),
          rewrite: (text) => this.#rewrite(text, finders),
        });
  }

  reports(): MaskReport[] {
    return [...this.#counts.values()];
  }

  #rewrite(text: string, finders: readonly Finder[]): string {
    let hits: { start: number; end: number; finder: Finder }[] | undefined;
    for (const finder of finders) {
      for (const { start, end } of finder.detector.find(text)) {
        hits ??= [];
        hits.push({ start, end, finder });
      }
    }
    if (hits === undefined) return text;
    hits.sort((a, b) => a.start - b.start || b.end - a.end);
    let out = '';
    let done = 0;
    for (const { start, end, finder } of hits) {
      if (end <= done) continue;
      const from = Math.max(start, done);
      out += text.slice(done, from) + this.#replace(text.slice(from, end), finder);
      done = end;
    }
    return out + text.slice(done);
  }

  #replace(found: string, { detector: { name }, uses }: Finder): string {
    let masked = found;
    for (const { masker, rule } of uses) {
      masked = masker(masked, name);
      this.#count(rule, name);
    }
    return masked;
  }

  #count(rule: string, what: string): void {
    const key = `${rule}\n${what}`;
    const entry = this.#counts.get(key) ?? { rule, what, count: 0 };
    entry.count++;
    this.#counts.set(key, entry);
  }
}

function findersOf(masks: readonly MaskObligation[]): Finder[] {
  const finders = new Map<string, Finder>();
  for (const { target, rule, with: spec } of masks) {
    if (!('find' in target)) continue;
    for (const name of target.find) {
      const detector = detectors.get(name);
      if (!detector) continue;
      const finder = finders.get(name) ?? { detector, uses: [] };
      finder.uses.push({ masker: maskerOf(spec), rule });
      finders.set(name, finder);
    }
  }
  return [...finders.values()];
}

/** Masks in the content of a result what was masked in its structured content. */
function withoutEchoes(value: Json, place: Place, echo: Echo, masker: Masker) {
  const tree = typeof place === 'object' ? place.members?.content : undefined;
  const rewriter = {
    touches: (text: string) => echo.find(text).length > 0,
    rewrite: (text: string) => replaceSpans(text, echo.find(text), masker),
  };
  return replaceAt(value, ['content'], (content) => rewriteData(content, tree ?? 'data', rewriter));
}

function replaceSpans(text: string, spans: readonly Span[], masker: Masker): string {
  let out = '';
  let done = 0;
  for (const { start, end } of spans) {
    out += text.slice(done, start) + masker(text.slice(start, end));
    done = end;
  }
  return done === 0 ? text : out + text.slice(done);
}
