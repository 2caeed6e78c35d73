import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { compilePattern, type PatternTest } from '../conditions/pattern.ts';
import { annotationRoot, celRoots } from './cel-facts.ts';

/** What a macro of the library gets to evaluate its parts with. */
export interface CelEvaluator {
  run(node: ASTNode, context: CelContext): unknown;
}
/** Values of names while an expression runs. */
export interface CelContext {
  getValue(name: string): unknown;
}

interface Checker {
  check(node: ASTNode, context: unknown): { readonly kind: string; readonly name: string };
  getType(name: string): unknown;
  createError(code: string, message: string, node: ASTNode): Error;
}
interface Expansion {
  readonly ast: ASTNode;
  readonly args: readonly ASTNode[];
  readonly receiver: ASTNode | null;
}

/** Bounds on one expression, as it is written. */
export const celLimits = { characters: 4096, nodes: 2000, depth: 48, loops: 2 } as const;
const JUDGE = 'judge';

/** Where expressions are parsed, checked and run: our roots, and functions that take bounded time. */
export const celEnvironment = makeEnvironment();

const runner = celEnvironment.parse(`${JUDGE}(0)`);

/** Calls back with what evaluates parts of expressions of the environment, over these values of roots. */
export function withEvaluator<Result>(
  values: Map<string, unknown>,
  judge: (evaluator: CelEvaluator, context: CelContext) => Result,
): Result {
  values.set(JUDGE, judge);
  // A loop may go through thousands of errors, one for each element; their stacks are what would cost.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return runner(values) as Result;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function makeEnvironment(): Environment {
  const environment = new Environment({
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: celLimits.nodes, maxDepth: celLimits.depth, maxCallArguments: 4 },
  });
  for (const { type, members, facts } of [annotationRoot, ...Object.values(celRoots)]) {
    if (members && facts) environment.registerType(type, { ctor: facts, fields: members });
  }
  for (const [name, { type }] of Object.entries(celRoots)) {
    environment.registerVariable(name, type);
  }
  registerArithmetic(environment);
  // The library's own takes V8's patterns. It finds macros by name alone, and refuses two functions on one receiver.
  environment.registerFunction('bool.matches(ast): bool', ({ ast, args, receiver }: Expansion) =>
    matching(ast, receiver ?? ast, args[0]),
  );
  environment.registerFunction('matches(ast, ast): bool', ({ ast, args }: Expansion) =>
    matching(ast, args[0] ?? ast, args[1]),
  );
  environment.registerFunction(`${JUDGE}(ast): dyn`, () => ({
    typeCheck: (checker: Checker) => checker.getType('dyn'),
    evaluate: (evaluator: CelEvaluator, _: unknown, context: CelContext) =>
      (context.getValue(JUDGE) as (...args: unknown[]) => unknown)(evaluator, context),
  }));
  return environment;
}

/** Numbers of JSON are doubles and numbers in expressions mostly ints: they may be reckoned together. */
function registerArithmetic(environment: Environment): void {
  const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
    '%': (a, b) => a % b,
  };
  for (const [operator, reckon] of Object.entries(operators)) {
    const both = (a: number | bigint, b: number | bigint) => finite(reckon(Number(a), Number(b)));
    environment.registerOperator(`double ${operator} int: double`, both);
    environment.registerOperator(`int ${operator} double: double`, both);
  }
  environment.registerOperator('double % double: double', (a: number, b: number) => finite(a % b));
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new RangeError('the result is no number');
}

/** `text.matches("pattern")`: RE2, compiled once. A pattern that isn't written out is refused by the check. */
function matching(ast: ASTNode, text: ASTNode, pattern: ASTNode | undefined) {
  const test = pattern && patternOf(pattern);
  return {
    typeCheck(checker: Checker, _: unknown, context: unknown) {
      const { kind, name } = checker.check(text, context);
      if (kind !== 'dyn' && name !== 'string') {
        throw checker.createError('no_such_overload', `"matches" needs a text, not ${name}`, ast);
      }
      return checker.getType('bool');
    },
    evaluate(evaluator: CelEvaluator, _: unknown, context: CelContext) {
      const value = evaluator.run(text, context);
      if (typeof value !== 'string' || !test) throw new TypeError('no text to match');
      return test(value);
    },
  };
}

function patternOf(pattern: ASTNode): PatternTest | undefined {
  if (pattern.op !== 'value' || typeof pattern.args !== 'string') return undefined;
  try {
    return compilePattern(pattern.args);
  } catch {
    return undefined;
  }
}
