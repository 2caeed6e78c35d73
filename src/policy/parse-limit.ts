import type { Node } from '../document/node.ts';
import type { Reader } from '../document/reader.ts';
import type { LimitSpec } from './ast.ts';

/** Reads the limits of one rule. */
export function parseLimits(_node: Node | undefined, _reader: Reader): LimitSpec[] {
  return [];
}
