import type { RE2JS } from 're2js';
import { messageOf } from '../../model/errors.ts';
import type { Detector, Span } from '../detector.ts';
import { compileRe2 } from './compile-re2.ts';
import { type PatternShape, patternShape } from './pattern-shape.ts';

/** What is wrong with a pattern, and what to do about it. */
export interface PatternProblem {
  readonly code: 'PATTERN' | 'PATTERN_EMPTY' | 'PATTERN_COSTLY';
  readonly message: string;
  readonly hint: string;
}

/** Why a pattern can't be a detector's; undefined where it can. */
export function patternProblem(pattern: string): PatternProblem | undefined {
  try {
    compileRe2(pattern);
  } catch (error) {
    const hint = 'patterns are RE2: no look-around, no back-references';
    return { code: 'PATTERN', message: messageOf(error), hint };
  }
  const { least, isCostly } = patternShape(pattern);
  if (least === 0) {
    const message = 'the pattern is found where nothing stands';
    return { code: 'PATTERN_EMPTY', message, hint: 'let it need one character at least' };
  }
  if (!isCostly) return undefined;
  const message = 'a part that may be left out, or has an alternative, repeats without end';
  const hint = 'bound it, such as {0,200} instead of *, because it would take quadratic time';
  return { code: 'PATTERN_COSTLY', message, hint };
}

/**
 * A detector that finds what an RE2 pattern matches, in time linear in the text. RE2 tells quickly whether a stretch
 * has a match at all and slowly where, so that is asked only of stretches that have one.
 *
 * @throws Error with what is wrong with the pattern
 */
export function patternDetector(name: string, pattern: string): Detector {
  const problem = patternProblem(pattern);
  if (problem) throw new Error(problem.message);
  const compiled = compileRe2(pattern);
  const shape = patternShape(pattern);
  return {
    name,
    needs: { length: shape.least, digits: shape.digits },
    find: (text) => findAll(compiled, shape, text),
  };
}

/** Characters; a pattern with longer findings is searched by lines. */
const MAX_FINDING = 2_048;
/** Characters of a stretch, at least. */
const STRETCH = 512;
/** Code units on either side, for `\b`. */
const CONTEXT = 2;

function findAll(pattern: RE2JS, shape: PatternShape, text: string): Span[] {
  const spans: Span[] = [];
  for (let from = 0; from < text.length; ) {
    const { to, reach } = stretchAt(text, from, shape);
    const start = Math.max(0, from - CONTEXT);
    const stretch = text.slice(start, reach);
    let next = to;
    if (pattern.test(stretch)) {
      const matcher = pattern.matcher(stretch);
      for (let found = matcher.find(from - start); found; found = matcher.find()) {
        if (start + matcher.start() >= to) break;
        next = start + matcher.end();
        spans.push({ start: start + matcher.start(), end: next });
      }
    }
    from = Math.max(to, next);
  }
  return spans;
}

/** Where a stretch ends, and how far a finding that begins in it can reach. */
function stretchAt(text: string, from: number, { most, spansLines }: PatternShape) {
  if (most <= MAX_FINDING) {
    const to = from + Math.max(STRETCH, most);
    return { to, reach: to + most + CONTEXT };
  }
  const lineEnd = spansLines ? -1 : text.indexOf('\n', from + STRETCH);
  const to = lineEnd < 0 ? text.length : lineEnd + 1;
  return { to, reach: to };
}
