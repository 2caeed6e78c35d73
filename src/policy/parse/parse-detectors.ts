import { child, describe, type Entry, type MapNode, type Node } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import { isAnalyzerName } from '../../mask/analyzer-name.ts';
import { isTokenLabel } from '../../mask/maskers/token-label.ts';
import { patternProblem } from '../../mask/own/own-pattern.ts';
import type { DetectorSpec } from '../../model/decision.ts';
import type { Position } from '../../model/position.ts';
import { isBuiltIn } from '../detector-names.ts';
import { placedTexts } from './placed-texts.ts';

/** A detector that a document defines. */
export interface Definition {
  readonly spec: DetectorSpec;
  /** Where its name stands. */
  readonly at: Position;
}

const EXAMPLE = "{ pattern: '\\bE-\\d{6}\\b' }";
const MAX_WORD = 200;
const MAX_WORDS = 20_000;

/**
 * Reads the detectors that a document defines. One with errors finds nothing, so that they aren't told again where it is used.
 */
export function parseDetectors(node: Node | undefined, reader: Reader): Definition[] {
  if (!node) return [];
  if (node.kind !== 'map' || node.entries.length === 0) {
    const given = node.kind === 'map' ? 'empty' : describe(node);
    const message = `detectors must be a map of names, not ${given}`;
    reader.error('DETECTOR', node.at, message, `such as employee-id: ${EXAMPLE}`);
    return [];
  }
  return node.entries.map((entry) => {
    const spec = parseDefinition(entry, reader) ?? {
      name: entry.key,
      words: [],
      ignoreCase: false,
    };
    return { spec, at: entry.at };
  });
}

function parseDefinition({ key, at, value }: Entry, reader: Reader): DetectorSpec | undefined {
  if (isBuiltIn(key) || isAnalyzerName(key)) {
    reader.error('DETECTOR_TAKEN', at, `"${key}" is built in`, 'choose another name');
  } else if (!isTokenLabel(key)) {
    const hint = 'use up to 32 small letters, digits and hyphens';
    reader.error('BAD_ID', at, `"${key}" can't be a detector's name`, hint);
  }
  if (value.kind !== 'map') {
    const message = `detector "${key}" must be a map, not ${describe(value)}`;
    reader.error('WRONG_TYPE', value.at, message, `such as ${EXAMPLE}`);
    return undefined;
  }
  const map = reader.map(value, `detector "${key}"`, ['pattern', 'words', 'ignore_case']);
  if (!map) return undefined;
  const [pattern, words] = [child(map, 'pattern'), child(map, 'words')];
  if ((pattern === undefined) === (words === undefined)) {
    reader.error('DETECTOR', map.at, `detector "${key}" needs either "pattern" or "words"`);
    return undefined;
  }
  return pattern ? ofPattern(key, pattern, map, reader) : ofWords(key, map, reader);
}

function ofPattern(
  name: string,
  node: Node,
  map: MapNode,
  reader: Reader,
): DetectorSpec | undefined {
  const flag = child(map, 'ignore_case');
  if (flag) {
    const hint = 'begin the pattern with (?i)';
    reader.error('DETECTOR', flag.at, '"ignore_case" goes with "words"', hint);
  }
  const pattern = reader.text(node, 'pattern');
  if (pattern === undefined) return undefined;
  const problem = patternProblem(pattern);
  if (!problem) return { name, pattern };
  reader.error(problem.code, node.at, problem.message, problem.hint);
  return undefined;
}

function ofWords(name: string, map: MapNode, reader: Reader): DetectorSpec | undefined {
  const node = child(map, 'words');
  if (!node) return undefined;
  const ignoreCase = reader.flag(child(map, 'ignore_case'), 'ignore_case') ?? false;
  const words = placedTexts(node, 'words', reader);
  if (node.kind === 'list' && node.items.length === 0) {
    reader.error('DETECTOR', node.at, 'words is empty, so it finds nothing');
  }
  if (words.length > MAX_WORDS) {
    reader.error('DETECTOR', node.at, `a detector has at most ${MAX_WORDS} words`);
  }
  for (const { text, at } of words) {
    if (/[\p{L}\p{N}]/u.test(text) && text.length <= MAX_WORD) continue;
    const message = `a word has a letter or a digit, and at most ${MAX_WORD} characters`;
    reader.error('DETECTOR', at, message);
  }
  return { name, words: [...new Set(words.map(({ text }) => text))], ignoreCase };
}
