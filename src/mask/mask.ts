import type { MaskObligation, MaskSide, PathSegment } from '../model/decision.ts';
import { isRawNumber, type Json } from '../model/json.ts';
import { replaceAt } from './at-path.ts';
import { type Detector, detectors } from './detector.ts';
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

/** A value masked at a path is looked for in the text of the same result from this length on. */
const MIN_ECHO = 4;

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
  const due = masks.filter((mask) => mask.sides.includes(side));
  if (due.length === 0) return { value, reports: [] };
  const run = new MaskRun();
  const withoutPaths = run.paths(value, place, due, base);
  return { value: run.findings(withoutPaths, place, due), reports: run.reports() };
}

interface Finder {
  readonly detector: Detector;
  readonly masker: Masker;
  readonly rule: string;
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
      const echoes = new Set<string>();
      masked = replaceAt(masked, [...base, ...target.path], (found) => {
        if (found === null) return found;
        this.#count(rule, target.text);
        const text = scalarText(found);
        if (text === undefined) return masker('');
        if (text.length >= MIN_ECHO) echoes.add(text);
        return masker(text);
      });
      masked = this.#echoes(masked, place, target.path, masker, rule, target.text, echoes);
    }
    return masked;
  }

  #echoes(
    value: Json,
    place: Place,
    path: readonly (string | number | symbol)[],
    masker: Masker,
    rule: string,
    text: string,
    echoes: ReadonlySet<string>,
  ): Json {
    if (echoes.size === 0 || path[0] !== 'structuredContent') return value;
    const words = [...echoes].sort((a, b) => b.length - a.length);
    const alternatives = words.map((word) => RegExp.escape(word)).join('|');
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives})(?![\\p{L}\\p{N}])`, 'gu');
    const rewriter = {
      touches: (source: string) => source.search(pattern) !== -1,
      rewrite: (source: string) =>
        source.replace(pattern, (found) => {
          this.#count(rule, text);
          return masker(found);
        }),
    };
    return replaceAt(value, ['content'], (content) => {
      const tree = typeof place === 'object' ? place.members?.content : undefined;
      return rewriteData(content, tree ?? 'data', rewriter);
    });
  }

  /** Masks what detectors find, wherever data sits. */
  findings(value: Json, place: Place, masks: readonly MaskObligation[]): Json {
    const finders = masks.flatMap(({ target, rule, with: spec }): Finder[] => {
      if (!('find' in target)) return [];
      const masker = maskerOf(spec);
      return target.find.flatMap((name) => {
        const detector = detectors.get(name);
        return detector ? [{ detector, masker, rule }] : [];
      });
    });
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
      const { name } = finder.detector;
      out += text.slice(done, from) + finder.masker(text.slice(from, end), name);
      this.#count(finder.rule, name);
      done = end;
    }
    return out + text.slice(done);
  }

  #count(rule: string, what: string): void {
    const key = `${rule}\n${what}`;
    const entry = this.#counts.get(key) ?? { rule, what, count: 0 };
    entry.count++;
    this.#counts.set(key, entry);
  }
}

function scalarText(value: Json): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value !== null && isRawNumber(value) ? value.rawJSON : undefined;
}
