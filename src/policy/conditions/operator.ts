import type { Node } from '../../document/node.ts';
import type { Reader } from '../../document/reader.ts';
import type { Json } from '../../model/json.ts';
import type { DetectorLookup } from '../detector-names.ts';
import type { Outcome } from '../outcome.ts';
import type { ValueKind, ValueType } from './value-type.ts';

/** Judges a value that is there. */
export type Test = (value: Json) => Outcome;
/** Judges a value that may be absent (undefined). */
export type OptionalTest = (value: Json | undefined) => Outcome;

/** What an operator may use while it compiles its operand. */
export interface OperandContext {
  readonly reader: Reader;
  readonly detectors: DetectorLookup;
  /** The name of the member that holds the value; left out: not known. */
  readonly field?: string | undefined;
  /** Compiles a map of operators, for operators that take one. */
  tests(node: Node): OptionalTest | undefined;
}

/** How an operator is used, for the reference; the tests run it. */
export interface OperatorExample {
  /** A condition on one path, in YAML. */
  readonly when: string;
  /** A value at that path with which the condition holds; undefined: none is there. */
  readonly holds: Json | undefined;
  readonly fails: Json | undefined;
  /** A value that it can't judge; left out by operators that can judge every value. */
  readonly unjudged?: Json;
}

/** One operator of the policy language. Compiled once; the test it gives does no parsing. */
export interface Operator {
  /** Goes on from "holds when the value …". */
  readonly summary: string;
  readonly example: OperatorExample;
  /** Reports what is wrong with the operand to the reader and then returns undefined. */
  compile(operand: Node, context: OperandContext): Test | undefined;
  /** The outcome for a value that isn't there. */
  readonly whenAbsent: Outcome;
  /** It searches text, so that behind `**` it looks at names of members as well. */
  readonly readsNames?: true;
  /** Kinds of values that it can judge; left out: any. */
  readonly judges?: readonly ValueKind[];
  /** It compares with its operand: the value itself (`value`), or parts of a text or list (`part`). */
  readonly compares?: 'value' | 'part';
  /** Type of what the operators in its operand are about, where they aren't about parts of the value itself. */
  readonly inner?: ValueType;
  /** The same for operators about parts that its operand names. */
  readonly parts?: Readonly<Record<string, ValueType>>;
}
