import type { Node } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import type { Json } from '../../model/json.ts';
import type { Outcome } from '../outcome.ts';

/** Judges a value that is there. */
export type Test = (value: Json) => Outcome;
/** Judges a value that may be absent (undefined). */
export type OptionalTest = (value: Json | undefined) => Outcome;

/** What an operator may use while it compiles its operand. */
export interface OperandContext {
  readonly reader: Reader;
  /** Compiles a map of operators, for operators that take one. */
  tests(node: Node): OptionalTest | undefined;
}

/** One operator of the policy language. Compiled once; the test it gives does no parsing. */
export interface Operator {
  /** Reports what is wrong with the operand to the reader and then returns undefined. */
  compile(operand: Node, context: OperandContext): Test | undefined;
  /** The outcome for a value that isn't there. */
  readonly whenAbsent: Outcome;
  /** It searches text, so that behind `**` it looks at names of members as well. */
  readonly readsNames?: true;
}
