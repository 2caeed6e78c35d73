import type { ASTNode } from '@marcbachmann/cel-js';

/** The parts of a node of a parsed expression, in the order in which they stand. */
export function partsOf(node: ASTNode): ASTNode[] {
  const inner: unknown[] = Array.isArray(node.args) ? node.args.flat(2) : [node.args];
  return inner.filter((part) => isNode(part));
}

/** A function or method that a node calls. */
export interface CelCall {
  readonly name: string;
  /** What a method is called on. */
  readonly receiver: ASTNode | undefined;
  readonly args: readonly ASTNode[];
}

/** The call that a node is, or undefined. */
export function callOf(node: ASTNode): CelCall | undefined {
  if (node.op === 'call') {
    const [name, args] = node.args as [string, ASTNode[]];
    return { name, receiver: undefined, args };
  }
  if (node.op !== 'rcall') return undefined;
  const [name, receiver, args] = node.args as [string, ASTNode, ASTNode[]];
  return { name, receiver, args };
}

/** Methods that run an expression for each element of a list or name of a map. */
export const celLoops: readonly string[] = ['all', 'exists', 'exists_one', 'map', 'filter'];

/** A root that an expression reads, with the member where one is named. */
export interface CelRead {
  readonly root: string;
  readonly member: string | undefined;
  readonly node: ASTNode;
}

/** What an expression reads by the names that stand by themselves in it, variables of loops too. */
export function readsOf(node: ASTNode): CelRead[] {
  if (node.op === 'id') return [{ root: node.args as string, member: undefined, node }];
  if (node.op === '.') {
    const [left, member] = node.args as [ASTNode, string];
    if (left.op === 'id') return [{ root: left.args as string, member, node }];
  }
  return partsOf(node).flatMap(readsOf);
}

/** True where some part of an expression fits. */
export function somePart(node: ASTNode, fits: (part: ASTNode) => boolean): boolean {
  return fits(node) || partsOf(node).some((part) => somePart(part, fits));
}

function isNode(part: unknown): part is ASTNode {
  return typeof part === 'object' && part !== null && 'op' in part && 'range' in part;
}
