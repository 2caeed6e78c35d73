import type { Position, Problem } from '../model/position.ts';
import { atOnce } from './at-once.ts';
import { readEvents, type YamlEvents } from './events.ts';
import { documentLimits } from './limits.ts';
import type { Node } from './node.ts';
import { NodeBuilder } from './node-builder.ts';

export { documentLimits } from './limits.ts';

export interface ParsedText {
  readonly documents: readonly Node[];
  readonly problems: readonly Problem[];
}

/**
 * Reads YAML 1.2 (or JSON, its subset), one or more documents, into nodes that know their place. Anchors and aliases
 * work; tags that would make something, merge keys and keys that are there twice are errors.
 */
export function parseYaml(text: string, file: string): ParsedText {
  return atOnce(parseYamlInSteps(text, file));
}

/**
 * The same in small steps.
 *
 * @param events what {@link readEvents} gave for this text, where it has been taken apart already.
 */
export function* parseYamlInSteps(
  text: string,
  file: string,
  events?: YamlEvents,
): Generator<void, ParsedText> {
  if (isTooLarge(text)) {
    const at = { file, line: 1, column: 1 };
    const message = `the file is larger than ${documentLimits.bytes} bytes`;
    return {
      documents: [],
      problems: [{ code: 'DOCUMENT_TOO_LARGE', severity: 'error', at, message }],
    };
  }
  const source = events ?? readEvents(text);
  yield;
  const place = placesOf(text, file);
  const problems = source.problems.map(
    ({ code, offset, message }): Problem => ({
      ...{ code, severity: 'error', at: place(offset), message },
    }),
  );
  const documents = yield* new NodeBuilder(source, text, place, problems).build();
  return { documents, problems };
}

/** A character has at most three bytes in UTF-8 for each unit of a string. */
function isTooLarge(text: string): boolean {
  if (text.length * 3 <= documentLimits.bytes) return false;
  return text.length > documentLimits.bytes || Buffer.byteLength(text) > documentLimits.bytes;
}

/** Finds the line and column of an offset. */
function placesOf(text: string, file: string): (offset: number) => Position {
  const starts = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) {
    starts.push(end + 1);
  }
  return (offset) => {
    let line = 0;
    let after = starts.length;
    while (after - line > 1) {
      const middle = (line + after) >> 1;
      if ((starts[middle] ?? 0) <= offset) line = middle;
      else after = middle;
    }
    return { file, line: line + 1, column: Math.max(offset, 0) - (starts[line] ?? 0) + 1 };
  };
}
