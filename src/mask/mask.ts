import {
  EACH,
  type MaskerSpec,
  type MaskObligation,
  type MaskSide,
  type PathSegment,
} from '../model/decision.ts';
import type { Json } from '../model/json.ts';
import { type Replace, replaceAt } from './at-path.ts';
import type { Detector, Span } from './detector.ts';
import { detectorsNamed } from './detectors.ts';
import { Echo, scalarText } from './echo.ts';
import type { MaskContext } from './mask-context.ts';
import { type Masker, maskerOf } from './masker.ts';
import type { Place } from './place.ts';
import { type Minted, TokenMint } from './token-mint.ts';
import { rewriteData } from './walk.ts';

/** What one mask did; never a value. */
export interface MaskReport {
  readonly rule: string;
  /** The detector, the path, or the name of the field. */
  readonly what: string;
  readonly masker: MaskerSpec['masker'];
  readonly count: number;
  /** Some of the places, as paths from where the masked value begins. */
  readonly places: readonly string[];
}

export interface Masked {
  /** The masked copy, or the same value where nothing was found. */
  readonly value: Json;
  readonly reports: readonly MaskReport[];
  /** Tokens that stand for what was there. They mean nothing until they are kept. */
  readonly tokens: readonly Minted[];
}

/** What masks are applied to, and with what. */
export interface MaskHow {
  /** Where data sits in the value. */
  readonly place: Place;
  readonly side: MaskSide;
  /** Where in the value the paths of masks begin; left out: at its root. */
  readonly base?: readonly PathSegment[] | undefined;
  readonly context: MaskContext;
  /** Detectors beside those that are built in, such as what an analyzer has found in these very texts. */
  readonly found?: ReadonlyMap<string, Detector>;
}

/** Applies every mask of one side to a value. */
export function applyMasks(value: Json, masks: readonly MaskObligation[], how: MaskHow): Masked {
  const due = masks.filter((mask) => mask.sides.includes(how.side)).sort(mildestFirst);
  if (due.length === 0) return { value, reports: [], tokens: [] };
  const run = new MaskRun(how.context);
  const withoutPaths = run.paths(value, how.place, due, how.base ?? []);
  const masked = run.findings(withoutPaths, how.place, due);
  return { value: masked, reports: run.reports(), tokens: run.mint.minted };
}

/** Masks of the same value add up in this order to the same, whatever the order of rules. */
function mildestFirst(a: MaskObligation, b: MaskObligation): number {
  return Number(a.with.masker === 'redact') - Number(b.with.masker === 'redact');
}

/** A detector, with what all masks that name it do to a finding. */
interface Finder {
  readonly detector: Detector;
  readonly uses: {
    readonly masker: Masker;
    readonly kind: MaskerSpec['masker'];
    readonly rule: string;
  }[];
}

class MaskRun {
  readonly mint: TokenMint;
  readonly #context: MaskContext;
  readonly #counts = new Map<string, Omit<MaskReport, 'count'> & { count: number }>();

  constructor(context: MaskContext) {
    this.#context = context;
    this.mint = new TokenMint(context);
  }

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
      const masker = maskerOf(spec, this.#context, this.mint);
      const counted = (text: string) => {
        this.#count(rule, target.text, spec.masker);
        return masker.text(text);
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
    const finders = this.#finders(masks);
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
    for (const { masker, rule, kind } of uses) {
      masked = masker.text(masked, name);
      this.#count(rule, name, kind);
    }
    return masked;
  }

  #count(rule: string, what: string, masker: MaskerSpec['masker']): void {
    const key = `${rule}\n${what}\n${masker}`;
    const entry = this.#counts.get(key) ?? { rule, what, masker, count: 0, places: [] };
    entry.count++;
    this.#counts.set(key, entry);
  }

  #finders(masks: readonly MaskObligation[]): Finder[] {
    const finders = new Map<string, Finder>();
    for (const { target, rule, with: spec } of masks) {
      if (!('find' in target)) continue;
      for (const name of target.find) {
        for (const detector of detectorsNamed(name)) {
          const finder = finders.get(detector.name) ?? { detector, uses: [] };
          const masker = maskerOf(spec, this.#context, this.mint);
          finder.uses.push({ masker, kind: spec.masker, rule });
          finders.set(detector.name, finder);
        }
      }
    }
    return [...finders.values()];
  }
}

/** Masks in the content of a result what was masked in its structured content. */
function withoutEchoes(value: Json, place: Place, echo: Echo, masker: (text: string) => string) {
  const tree = typeof place === 'object' ? place.members?.content : undefined;
  const rewriter = {
    touches: (text: string) => echo.find(text).length > 0,
    rewrite: (text: string) => replaceSpans(text, echo.find(text), masker),
  };
  return replaceAt(value, ['content'], (content) => rewriteData(content, tree ?? 'data', rewriter));
}

function replaceSpans(
  text: string,
  spans: readonly Span[],
  masker: (text: string) => string,
): string {
  let out = '';
  let done = 0;
  for (const { start, end } of spans) {
    out += text.slice(done, start) + masker(text.slice(start, end));
    done = end;
  }
  return done === 0 ? text : out + text.slice(done);
}
