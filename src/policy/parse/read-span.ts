import { describe, type Node } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import { DURATION_HINT, parseDuration } from './parse-duration.ts';

/** How a span of time is read. */
export interface SpanRules {
  /** The key that it stands at. */
  readonly what: string;
  /** What is reported of one that can't be. */
  readonly code: string;
  /** The longest, as it would be written. */
  readonly most: string;
}

/** Milliseconds of a span of time such as `15m`; undefined where it is none, which the reader is told. */
export function readSpan(
  node: Node | undefined,
  { what, code, most }: SpanRules,
  reader: Reader,
): number | undefined {
  if (!node) return undefined;
  const text = node.kind === 'scalar' ? `"${node.value}"` : describe(node);
  const span = parseDuration(text.slice(1, -1));
  const longest = parseDuration(most);
  if (span <= longest) return span;
  if (span > longest) reader.error(code, node.at, `${what} is at most ${most}, not ${text}`);
  else reader.error(code, node.at, `${what} can't be ${text}`, DURATION_HINT);
  return undefined;
}
