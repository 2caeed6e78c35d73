import type { Span } from '../mask/detector.ts';
import { GateError } from '../model/errors.ts';
import { isList, isObject, type Json } from '../model/json.ts';
import type { AnalyzedSpan } from '../model/seams.ts';
import { codePointSpans } from './code-point-spans.ts';

/** Findings in one text, at most. */
const MOST_FINDINGS = 20_000;
const ENTITY = /^[A-Z][A-Z0-9_]{0,63}$/;

/**
 * Reads what Presidio has answered about one text: a list of `entity_type`, `start`, `end` and `score` (its OpenAPI,
 * RecognizerResult). Positions count code points.
 *
 * @param least findings with a lower score are left out
 * @throws GateError ANALYZER_INVALID
 */
export function findingsIn(answer: Json | undefined, text: string, least: number): AnalyzedSpan[] {
  if (!isList(answer)) throw invalid('no list of findings');
  if (answer.length > MOST_FINDINGS) throw invalid(`more than ${MOST_FINDINGS} findings`);
  const read = answer.map(finding);
  const spans = codePointSpans(text, read);
  if (!spans) throw invalid('a finding that is not in the text');
  return read.flatMap(({ entity, score }, index) => {
    const span = spans[index];
    return score < least || !span ? [] : [{ entity, ...span }];
  });
}

function finding(item: Json): Span & { readonly entity: string; readonly score: number } {
  if (!isObject(item)) throw invalid('a finding that is no object');
  const { entity_type: entity, start, end, score } = item;
  if (typeof entity !== 'string' || !ENTITY.test(entity)) throw invalid('a finding without a type');
  if (typeof start !== 'number' || typeof end !== 'number') {
    throw invalid('a finding without a place');
  }
  if (typeof score !== 'number' || !(score >= 0 && score <= 1)) {
    throw invalid('a finding without a score from 0 to 1');
  }
  return { entity, start, end, score };
}

/** Says what was wrong; never what was answered, which may repeat what was asked. */
export function invalid(what: string): GateError {
  return new GateError('ANALYZER_INVALID', `the analyzer answered ${what}`);
}
