import type { Json } from '../model/json.ts';
import type { Position } from '../model/position.ts';

interface Placed {
  readonly at: Position;
}
export interface ScalarNode extends Placed {
  readonly kind: 'scalar';
  /** A number that is written with more digits than a double holds, so that `value` is another one. */
  readonly inexact?: true;
  readonly value: string | number | boolean | null;
}
export interface ListNode extends Placed {
  readonly kind: 'list';
  readonly items: readonly Node[];
}
export interface Entry {
  readonly key: string;
  readonly at: Position;
  readonly value: Node;
}
export interface MapNode extends Placed {
  readonly kind: 'map';
  readonly entries: readonly Entry[];
}
/** A value of a YAML or JSON document that knows where it stands. */
export type Node = ScalarNode | ListNode | MapNode;

/** The plain value of a node. */
export function toJson(node: Node): Json {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(toJson);
    case 'map':
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, toJson(value)]));
  }
}

/** The value of a key, or undefined. */
export function child(node: Node | undefined, key: string): Node | undefined {
  if (node?.kind !== 'map') return undefined;
  return node.entries.find((entry) => entry.key === key)?.value;
}

/** `a list`, `a map`, `a string` …, for messages. */
export function describe(node: Node): string {
  if (node.kind !== 'scalar') return `a ${node.kind}`;
  return node.value === null ? 'nothing' : `a ${typeof node.value}`;
}
