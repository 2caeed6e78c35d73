import { Reader } from '../document/reader.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { formatProblem, type Problem } from '../model/position.ts';
import { leavesNamed, type NamedPlace } from './approval/leaves-named.ts';
import { nodeOf } from './approval/node-of.ts';
import type { Condition } from './ast.ts';
import { compileCondition } from './compile-condition.ts';
import { noting, type OwnName } from './detector-names.ts';
import { TRUE } from './outcome.ts';
import { parseCondition } from './parse/parse-condition.ts';
import { hasManySteps } from './roots.ts';
import { ABSENT, type Subject, UNAVAILABLE } from './subject.ts';

/** Bounds on arguments, ready to judge. */
export interface Bounds {
  /** True where arguments are within the bounds for sure; what can't be judged is not. */
  readonly holds: (args: Json) => boolean;
}

/** What keeps a condition from being bounds, a sentence each. */
export interface BoundsProblems {
  readonly problems: readonly string[];
}

/** Most tests in bounds: they are judged at each call. */
const MOST_TESTS = 200;
/** What these say of a list or an object says nothing, or not enough, of what is in it. */
const OUTSIDE = new Set(['length', 'exists', 'absent', 'type', 'contains', 'some']);
const ONE_OF_MANY =
  'holds where one of them passes: say "every" of the list, name each, or say "not" and what none may be';
const AT = { file: 'when', line: 1, column: 1 };

/**
 * Compiles the bounds of a grant for calls alike: a condition of the policy language on `args.*` alone. Unlike the
 * condition of a rule they are closed: **what they don't name must not be there**, so that a call with one more argument
 * than anybody has thought of is asked about. `{}` is the call without arguments. `args.x: exists` leaves one argument
 * open, `args.x.**: exists` all that is in it. A path with `*` or `**` would say something of one of many and leave the
 * others open, so it says only that they may be there, or stands under `not`.
 */
export function compileBounds(when: JsonObject): Bounds | BoundsProblems {
  const node = nodeOf(when, AT);
  if (typeof node === 'string') return { problems: [node] };
  const reader = new Reader('POLICY');
  const isEmpty = Object.keys(when).length === 0;
  const condition: Condition = isEmpty ? { kind: 'all', of: [] } : parseCondition(node, reader);
  const tests: Test[] = [];
  const foreign = collect(condition, tests, false);
  const ownNames: OwnName[] = [];
  const judge = compileCondition(condition, reader, noting(ownNames));
  const problems = [
    ...reader.problems.filter(({ severity }) => severity === 'error').map(sentence),
    ...foreign,
    ...ownNames.map(({ name }) => `no detector "${name}" is built in`),
    ...(tests.length > MOST_TESTS ? [`there are more than ${MOST_TESTS} tests`] : []),
  ];
  if (problems.length > 0) return { problems: [...new Set(problems)] };
  const named = tests.map(namedPlace);
  return {
    holds(args) {
      try {
        return judge({ ...anybody, args }) === TRUE && leavesNamed(args, named);
      } catch {
        return false;
      }
    },
  };
}

type Test = Extract<Condition, { kind: 'test' }>;

/** Tests of a condition; @returns what in it looks at more than arguments, or bounds only some of them. */
function collect(condition: Condition, tests: Test[], isNegated: boolean): string[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.flatMap((part) => collect(part, tests, isNegated));
    case 'not':
      return collect(condition.of, tests, !isNegated);
    case 'cel':
      return ['bounds are written with paths and operators, not as an expression (cel)'];
    case 'test':
      tests.push(condition);
      if (condition.path[0] !== 'args') return [`"${condition.text}" is no argument`];
      return isNegated || boundsAll(condition) ? [] : [`"${condition.text}" ${ONE_OF_MANY}`];
  }
}

/** False of what holds where one of many values passes, whatever the others are. */
function boundsAll({ path, uses }: Test): boolean {
  return !hasManySteps(path) || uses.every(({ operator }) => operator === 'exists');
}

function namedPlace({ path, uses }: Test): NamedPlace {
  return { path: path.slice(1), inside: !uses.every(({ operator }) => OUTSIDE.has(operator)) };
}

/** Where it stands in the file says nothing of what is in no file. */
function sentence(problem: Problem): string {
  const text = formatProblem(problem);
  return text.slice(text.indexOf(problem.code) + problem.code.length + 1);
}

/** Nothing but arguments is ever looked at. */
const anybody: Omit<Subject, 'args'> = {
  identity: { sub: '', issuer: '', groups: [], scopes: [], claims: {} },
  request: { upstream: '', method: '', now: 0 },
  target: { kind: 'methods', name: '' },
  client: {},
  meta: ABSENT,
  result: UNAVAILABLE,
  tool: ABSENT,
};
