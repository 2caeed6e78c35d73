import type { Node } from '../document/node.ts';
import type { Reader } from '../document/reader.ts';
import type { Silence } from './ast.ts';

/** Reads which warnings of one rule are accepted, and why. */
export function parseSilences(_node: Node | undefined, _reader: Reader): Silence[] {
  return [];
}
