import type { Node } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import type { Position } from '../../model/position.ts';

/** A text with where it stands. */
export interface PlacedText {
  readonly text: string;
  readonly at: Position;
}

/** One text or a list of them, each with its own place. */
export function placedTexts(node: Node, what: string, reader: Reader): PlacedText[] {
  if (node.kind !== 'list') {
    const text = reader.text(node, `${what} (one or a list)`);
    return text === undefined ? [] : [{ text, at: node.at }];
  }
  return node.items.flatMap((item) => {
    const text = reader.text(item, `an element of ${what}`);
    return text === undefined ? [] : [{ text, at: item.at }];
  });
}
