import type { ASTNode } from '@marcbachmann/cel-js';
import type { Reader } from '../../document/reader.ts';
import type { Position } from '../../model/position.ts';
import { ANY, and, FALSE, FAULT, not, type Outcome, or, TRUE } from '../outcome.ts';
import { compileLookup } from '../roots.ts';
import { type Subject, UNAVAILABLE, UNKNOWN } from '../subject.ts';
import { CelBudget } from './cel-budget.ts';
import { checkCel } from './cel-check.ts';
import {
  type CelContext,
  type CelEvaluator,
  celEnvironment,
  withEvaluator,
} from './cel-environment.ts';
import { celExcerpt } from './cel-excerpt.ts';
import { celRoots } from './cel-facts.ts';
import { type CelRead, callOf, celLoops, readsOf, somePart } from './cel-node.ts';

/** An expression of the Common Expression Language as it stands in a condition. */
export interface CelText {
  readonly text: string;
  readonly at: Position;
}

/** One evaluation: a subject, and what runs parts of the expression over it. */
interface Run {
  readonly subject: Subject;
  readonly evaluator: CelEvaluator;
  readonly context: CelContext;
}
type Step = (run: Run) => Outcome;

/** True where an expression looks at the answer of a call: `result` or `error`. */
export function celReadsResult({ text }: Pick<CelText, 'text'>): boolean {
  try {
    const reads = readsOf(celEnvironment.parse(text).ast);
    return reads.some(({ root }) => root === 'result' || root === 'error');
  } catch {
    return false;
  }
}

/**
 * Compiles an expression; what is wrong with it goes to the reader. `&&`, `||`, `!` and `?:` at its top are judged part
 * by part, with three outcomes like those of other conditions: a part that reads what isn't known yet may come out
 * either way, one that fails or isn't true or false can't be judged.
 */
export function compileCel(cel: CelText, reader: Reader): (subject: Subject) => Outcome {
  const { ast, problems } = { ast: undefined, ...checkCel(cel.text) };
  for (const { code, offset, message, hint } of problems ?? []) {
    reader.error(code, positionIn(cel, offset), `${message}${whereIn(cel.text, offset)}`, hint);
  }
  if (!ast) return () => FAULT;
  const step = compileStep(ast);
  const roots = [...new Set(readsOf(ast).map(({ root }) => root))].flatMap((name) => {
    const root = Object.hasOwn(celRoots, name) ? celRoots[name] : undefined;
    return root ? [{ name, build: root.build }] : [];
  });
  const costs = {
    loops: somePart(ast, isLoop),
    nested: somePart(ast, (part) => isLoop(part) && loopsInside(part)),
    splits: somePart(ast, (part) => callOf(part)?.name === 'split'),
  };
  return (subject) => {
    const budget = new CelBudget(costs);
    const values = new Map<string, unknown>();
    for (const { name, build } of roots) values.set(name, build(subject, budget));
    return withEvaluator(values, (evaluator, context) => step({ subject, evaluator, context }));
  };
}

function isLoop(node: ASTNode): boolean {
  return celLoops.includes(callOf(node)?.name ?? '');
}

/** True where what a loop does for each element has a loop of its own. */
function loopsInside(loop: ASTNode): boolean {
  return callOf(loop)?.args.some((part) => somePart(part, isLoop)) ?? false;
}

function compileStep(node: ASTNode): Step {
  switch (node.op) {
    case '&&': {
      const [left, right] = node.args.map(compileStep) as [Step, Step];
      return (run) => {
        const first = left(run);
        return first === FALSE ? FALSE : and(first, right(run));
      };
    }
    case '||': {
      const [left, right] = node.args.map(compileStep) as [Step, Step];
      return (run) => {
        const first = left(run);
        return first === TRUE ? TRUE : or(first, right(run));
      };
    }
    case '!_': {
      const inner = compileStep(node.args);
      return (run) => not(inner(run));
    }
    case '?:': {
      const [condition, yes, no] = node.args.map(compileStep) as [Step, Step, Step];
      return (run) => {
        const found = condition(run);
        return (found & FAULT) | (found & TRUE ? yes(run) : 0) | (found & FALSE ? no(run) : 0);
      };
    }
    default:
      return compileLeaf(node);
  }
}

/** A part that is evaluated as a whole, once everything that it reads is known. */
function compileLeaf(node: ASTNode): Step {
  const lookups = readsOf(node).flatMap((read) => {
    const path = pathOf(read);
    return path ? [compileLookup(path)] : [];
  });
  return ({ subject, evaluator, context }) => {
    for (const lookup of lookups) {
      const value = lookup(subject);
      if (value === UNKNOWN) return ANY;
      if (value === UNAVAILABLE) return FAULT;
    }
    try {
      const value = evaluator.run(node, context);
      return value === true ? TRUE : value === false ? FALSE : FAULT;
    } catch {
      return FAULT;
    }
  };
}

/** The path that tells whether something read is known; undefined for variables of loops. */
function pathOf({ root, member }: CelRead): string[] | undefined {
  if (!Object.hasOwn(celRoots, root)) return undefined;
  return member === undefined ? [root] : [root, member];
}

/** A place within the expression; of one that is written as a block (`|`), its line. */
function positionIn({ text, at }: CelText, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  if (text.includes('\n')) return { ...at, line: at.line + before.length, column: 1 };
  return { ...at, column: at.column + offset };
}

function whereIn(text: string, offset: number): string {
  const rest = celExcerpt(text.slice(offset).split('\n')[0] ?? '');
  return rest === '' ? ', at the end of the expression' : `, at ${JSON.stringify(rest)}`;
}
