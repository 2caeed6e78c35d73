import type { ASTNode, ParseError } from '@marcbachmann/cel-js';
import { messageOf } from '../../model/errors.ts';
import { suggest } from '../../model/nearest.ts';
import { compilePattern } from '../conditions/pattern.ts';
import { celEnvironment, celLimits } from './cel-environment.ts';
import { annotationRoot, celRoots } from './cel-facts.ts';
import { type CelCall, callOf, celLoops, partsOf } from './cel-node.ts';

/** Something wrong in an expression. */
export interface CelProblem {
  readonly code: 'CEL' | 'PATTERN' | 'UNKNOWN_ROOT';
  /** Characters from the beginning of the expression. */
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

const FUNCTIONS = [
  ...['has', 'size', 'int', 'double', 'string', 'bool', 'type', 'dyn', 'matches'],
  ...['timestamp', 'duration'],
];
const GETTERS = [
  ...['getFullYear', 'getMonth', 'getDate', 'getDayOfMonth', 'getDayOfWeek', 'getHours'],
  ...['getMinutes', 'getSeconds', 'getMilliseconds'],
];
const METHODS = [
  ...celLoops,
  ...['size', 'contains', 'startsWith', 'endsWith', 'matches', 'lowerAscii', 'upperAscii', 'trim'],
  ...['indexOf', 'lastIndexOf', 'substring', 'split', 'join'],
  ...GETTERS,
];

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** A parsed expression, or what is wrong with it. */
export type CelChecked =
  | { readonly ast: ASTNode; readonly problems?: undefined }
  | { readonly problems: readonly CelProblem[] };

/** Parses an expression and checks it: syntax, names, types, patterns and what it may cost. */
export function checkCel(text: string): CelChecked {
  if (text.length > celLimits.characters) {
    const message = `the expression is longer than ${celLimits.characters} characters`;
    return { problems: [{ code: 'CEL', offset: 0, message }] };
  }
  try {
    const parsed = celEnvironment.parse(text);
    const problems = inspect(parsed.ast, 0);
    if (problems.length > 0) return { problems };
    const { valid, type, error } = parsed.check();
    if (!valid) return { problems: [problemOf(error)] };
    if (type === 'bool' || type === 'dyn') return { ast: parsed.ast };
    const message = `the expression gives ${type}, and must be true or false`;
    return { problems: [{ code: 'CEL', offset: 0, message }] };
  } catch (error) {
    return { problems: [problemOf(error)] };
  }
}

function problemOf(error: unknown): CelProblem {
  const { summary, range, code } = error as Partial<ParseError>;
  const message = (summary ?? messageOf(error)).replace(/^[A-Z]/, (first) => first.toLowerCase());
  const offset = range?.start ?? 0;
  const name = /^unknown variable: (.*)$/.exec(message)?.[1];
  if (code !== 'unknown_variable' || name === undefined) return { code: 'CEL', offset, message };
  const hint = suggest(name, Object.keys(celRoots));
  return { code: 'UNKNOWN_ROOT', offset, message: `nothing is called "${name}"`, hint };
}

/** What the library lets pass or says less of: names, and what could take long. */
function inspect(node: ASTNode, loops: number): CelProblem[] {
  const call = callOf(node);
  const inLoop = loops + (call?.receiver && celLoops.includes(call.name) ? 1 : 0);
  return [
    ...(call ? callProblems(call, node, inLoop) : []),
    ...nameProblems(node),
    ...partsOf(node)
      .filter((part) => !(node.op === '.' && part.op === 'id'))
      .flatMap((part) => inspect(part, inLoop)),
  ];
}

function callProblems(call: CelCall, node: ASTNode, loops: number): CelProblem[] {
  const { name, receiver, args } = call;
  const known = receiver ? METHODS : FUNCTIONS;
  const at = (receiver?.end ?? node.start) + (receiver ? 1 : 0);
  if (!known.includes(name)) {
    const message = `no ${receiver ? 'method' : 'function'} is called "${name}"`;
    return [{ code: 'CEL', offset: at, message, hint: suggest(name, known) }];
  }
  if (celLoops.includes(name) && receiver) return loopProblems(call, at, loops);
  if (name === 'matches') return patternProblems(args.at(-1), at);
  if (name === 'duration' || name === 'timestamp') return writtenOut(name, args[0], at);
  if (GETTERS.includes(name) && args.length > 0) {
    const hint = 'for time zones use the operator "time"';
    return [{ code: 'CEL', offset: at, message: `"${name}" tells the time in UTC only`, hint }];
  }
  return [];
}

function loopProblems({ args: [variable] }: CelCall, at: number, loops: number): CelProblem[] {
  if (loops > celLimits.loops) {
    const message = `more than ${celLimits.loops} loops in each other`;
    return [{ code: 'CEL', offset: at, message }];
  }
  if (variable?.op !== 'id' || !(String(variable.args) in celRoots)) return [];
  const message = `the loop's variable can't be called "${variable.args}", as a root is`;
  return [{ code: 'CEL', offset: variable.start, message }];
}

function patternProblems(pattern: ASTNode | undefined, at: number): CelProblem[] {
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') {
    const message = '"matches" needs its pattern written out';
    return [{ code: 'PATTERN', offset: pattern?.start ?? at, message }];
  }
  try {
    compilePattern(pattern.args);
    return [];
  } catch (error) {
    const hint = 'patterns are RE2: no look-around, no back-references';
    return [{ code: 'PATTERN', offset: pattern.start, message: messageOf(error), hint }];
  }
}

/** The library reads these with patterns that can take long, or by the clock of the machine it runs on. */
function writtenOut(name: string, argument: ASTNode | undefined, at: number): CelProblem[] {
  const text = argument?.op === 'value' ? String(argument.args) : '';
  if (name === 'duration' ? text !== '' : RFC3339.test(text)) return [];
  const example = name === 'duration' ? '"90m"' : '"2026-01-31T00:00:00Z"';
  const message = `"${name}" needs its text written out, such as ${example}`;
  return [{ code: 'CEL', offset: argument?.start ?? at, message }];
}

/** Roots with members that are all known are read member by member, so that a wrong name is found at load. */
function nameProblems(node: ASTNode): CelProblem[] {
  if (node.op === 'id') {
    const name = String(node.args);
    const members = membersOf(name);
    if (!members) return [];
    const message = `"${name}" can't be used by itself`;
    const hint = `name a member of it, such as ${name}.${Object.keys(members)[0]}`;
    return [{ code: 'CEL', offset: node.start, message, hint }];
  }
  if (node.op !== '.') return [];
  const [left, name] = node.args as [ASTNode, string];
  const path = pathOf(left);
  const members = path === 'tool.annotations' ? annotationRoot.members : path && membersOf(path);
  return members ? memberProblems(members, name, node) : [];
}

/** `tool` or `tool.annotations`, where a node is such. */
function pathOf(node: ASTNode): string | undefined {
  if (node.op === 'id') return String(node.args);
  if (node.op !== '.') return undefined;
  const [left, name] = node.args as [ASTNode, string];
  return left.op === 'id' ? `${left.args}.${name}` : undefined;
}

function membersOf(root: string) {
  return Object.hasOwn(celRoots, root) ? celRoots[root]?.members : undefined;
}

function memberProblems(members: object, name: string, node: ASTNode): CelProblem[] {
  if (Object.hasOwn(members, name)) return [];
  const message = `nothing is called "${node.input.slice(node.start, node.end)}"`;
  const hint = suggest(name, Object.keys(members));
  return [{ code: 'UNKNOWN_ROOT', offset: node.pos, message, hint }];
}
