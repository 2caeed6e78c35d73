import type { Node } from '../../document/node.ts';
import { isList, isObject, isRawNumber, type Json } from '../../model/json.ts';
import type { Position } from '../../model/position.ts';

const MOST_VALUES = 2_000;
const MOST_CHARACTERS = 65_536;
const MOST_DEPTH = 16;

/** A JSON value as a node of a document, or a sentence that says why it is too much of one. */
export function nodeOf(value: Json, at: Position): Node | string {
  let values = 0;
  let characters = 0;
  let depth = 0;
  const build = (inner: Json, level: number): Node => {
    depth = Math.max(depth, level);
    values++;
    if (depth > MOST_DEPTH || values > MOST_VALUES) return { kind: 'scalar', at, value: null };
    if (isRawNumber(inner)) {
      return { kind: 'scalar', at, value: Number(inner.rawJSON), inexact: true };
    }
    if (isList(inner)) {
      return { kind: 'list', at, items: inner.map((item) => build(item, level + 1)) };
    }
    if (!isObject(inner)) {
      if (typeof inner === 'string') characters += inner.length;
      return { kind: 'scalar', at, value: inner };
    }
    const entries = Object.entries(inner).map(([key, item]) => {
      characters += key.length;
      return { key, at, value: build(item, level + 1) };
    });
    return { kind: 'map', at, entries };
  };
  const node = build(value, 0);
  if (depth > MOST_DEPTH) return `it is nested more than ${MOST_DEPTH} levels deep`;
  if (values > MOST_VALUES) return `it has more than ${MOST_VALUES} values`;
  return characters > MOST_CHARACTERS ? `it has more than ${MOST_CHARACTERS} characters` : node;
}
