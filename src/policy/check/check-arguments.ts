import { toJson } from '../../document/node.ts';
import { isList, isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import { nearest, suggest } from '../../model/nearest.ts';
import { type Problem, sortProblems } from '../../model/position.ts';
import type { OperatorUse } from '../ast.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import { compileGlob, hasWildcard } from '../glob.ts';
import { type TestCondition, testsOf } from './condition-tests.ts';
import { isSilenced } from './lint.ts';
import { type Reach, reachOf } from './schema-arguments.ts';

/** What an upstream says of a tool, as far as rules can be compared with it. */
export interface KnownTool {
  readonly name: string;
  /** A JSON Schema; left out where it isn't known. */
  readonly inputSchema?: Json;
}

/**
 * Compares rules with the tools that upstreams have: exact names that no upstream of the rule has, arguments that none
 * of the rule's tools has, and values that no such argument can have. Rules that are about upstreams of which nothing
 * is known, or about other messages than calls of tools, are left alone.
 *
 * @param tools the tools by upstream, each upstream with all it has
 */
export function checkArguments(
  rules: readonly CompiledRule[],
  tools: ReadonlyMap<string, readonly KnownTool[]>,
): readonly Problem[] {
  const problems: Problem[] = [];
  for (const rule of rules) {
    const known = toolsOf(rule, tools);
    if (!known) continue;
    const add = (code: string, at: Problem['at'], message: string, hint?: string) => {
      if (isSilenced(code, rule)) return;
      problems.push({
        code,
        severity: 'warning',
        at,
        message,
        ...(hint === undefined ? {} : { hint }),
      });
    };
    checkNames(rule, known, add);
    const about = calledBy(rule, known);
    if (about.length === 0) continue;
    for (const test of testsOf(rule.when)) {
      if (test.path[0] === 'args' && test.path.length > 1) checkTest(test, about, add);
    }
  }
  return sortProblems(problems);
}

type Add = (code: string, at: Problem['at'], message: string, hint?: string) => void;

/** Every tool of the upstreams that a rule is for; undefined where some of them isn't known. */
function toolsOf(
  { upstreams }: CompiledRule,
  tools: ReadonlyMap<string, readonly KnownTool[]>,
): KnownTool[] | undefined {
  const exact = upstreams.filter((glob) => !hasWildcard(glob));
  if (upstreams.length === 0 || exact.some((name) => !tools.has(name))) return undefined;
  const tests = upstreams.map((glob) => compileGlob(glob));
  const names = [...tools.keys()].filter((name) => tests.some((test) => test(name)));
  return names.length === 0 ? undefined : names.flatMap((name) => tools.get(name) ?? []);
}

function checkNames(rule: CompiledRule, known: readonly KnownTool[], add: Add): void {
  // What a glob fits may be an upstream that isn't known.
  if (rule.upstreams.some(hasWildcard)) return;
  const names = known.map(({ name }) => name);
  for (const { kind, globs } of rule.on ?? []) {
    if (kind !== 'tools') continue;
    for (const glob of globs) {
      if (hasWildcard(glob) || names.includes(glob)) continue;
      const where = rule.upstreams.join(', ');
      const near = nearest(glob, names);
      const hint = near === undefined ? undefined : `did you mean "${near}"?`;
      add('POLICY_UNKNOWN_TOOL', rule.at, `${where} has no tool "${glob}"`, hint);
    }
  }
}

/** The tools that a rule is about; none where it is about other messages as well, whose params aren't known. */
function calledBy({ on }: CompiledRule, known: readonly KnownTool[]): KnownTool[] {
  if (!on || on.some(({ kind }) => kind !== 'tools')) return [];
  const tests = on.flatMap(({ globs }) => globs.map((glob) => compileGlob(glob)));
  return known.filter(({ name }) => tests.some((test) => test(name)));
}

function checkTest(test: TestCondition, tools: readonly KnownTool[], add: Add): void {
  const path = test.path.slice(1);
  const reaches = tools.map(({ inputSchema }) =>
    inputSchema === undefined ? undefined : reachOf(inputSchema, path),
  );
  const found = reaches.filter((reach): reach is Reach => reach !== undefined);
  if (found.length < tools.length || found.some(({ open }) => open)) return;
  if (found.every(({ schemas }) => schemas.length === 0)) {
    const names = [...new Set(tools.map(({ name }) => name))].join(', ');
    const known = [...new Set(found.flatMap((reach) => reach.known))];
    const last = path.at(-1);
    const hint = typeof last === 'string' && known.length > 0 ? suggest(last, known) : undefined;
    add('POLICY_UNKNOWN_ARGUMENT', test.at, `${names} takes no "${test.text}"`, hint);
    return;
  }
  const schemas = found.flatMap((reach) => reach.schemas);
  for (const use of test.uses) checkOperand(test, use, schemas, add);
}

function checkOperand(
  test: TestCondition,
  use: OperatorUse,
  schemas: readonly JsonObject[],
  add: Add,
): void {
  const wanted = typesFor(use);
  const types = typesIn(schemas);
  if (wanted && types && !wanted.some((type) => types.has(type))) {
    const message = `"${use.operator}" needs ${wanted.join(' or ')}, and "${test.text}" is ${[...types].join(' or ')}`;
    add('POLICY_ARGUMENT_TYPE', use.at, message);
    return;
  }
  const values = valuesIn(schemas);
  if (!values || !['eq', 'in'].includes(use.operator)) return;
  const operand = toJson(use.operand);
  for (const value of isList(operand) ? operand : [operand]) {
    if (values.includes(value)) continue;
    const hint = typeof value === 'string' ? suggest(value, values.map(String)) : undefined;
    const message = `"${test.text}" is never ${JSON.stringify(value)}`;
    add('POLICY_ARGUMENT_TYPE', use.at, message, hint);
  }
}

const TEXT_OPERATORS = [
  'matches',
  'glob',
  'starts_with',
  'ends_with',
  'path_within',
  'url_host',
  'cidr',
];

/** The types, in the words of JSON Schema, of which the operator can hold; undefined: any. */
function typesFor({ operator, operand }: OperatorUse): string[] | undefined {
  const value = toJson(operand);
  if (TEXT_OPERATORS.includes(operator)) return ['string'];
  if (['every', 'some', 'none'].includes(operator)) return ['array'];
  if (['eq', 'gt', 'gte', 'lt', 'lte'].includes(operator)) return typesOfValue(value);
  if (operator === 'in' && isList(value)) return [...new Set(value.flatMap(typesOfValue))];
  if (operator === 'contains') return typeof value === 'string' ? ['string', 'array'] : ['array'];
  return operator === 'length' ? ['string', 'array', 'object'] : undefined;
}

function typesOfValue(value: Json): string[] {
  if (value === null) return ['null'];
  if (typeof value === 'number') return ['number', 'integer'];
  return typeof value === 'string' || typeof value === 'boolean' ? [typeof value] : [];
}

/**
 * The types that one of these schemas allows; undefined where one of them, by itself, leaves the type open. A schema
 * that only puts others together says nothing by itself.
 */
function typesIn(schemas: readonly JsonObject[]): Set<string> | undefined {
  const types = new Set<string>();
  for (const schema of schemas) {
    const type = member(schema, 'type');
    if (typeof type === 'string') types.add(type);
    else if (isList(type)) for (const name of type) types.add(String(name));
    else {
      const values = listed(schema);
      if (!values && !isComposed(schema)) return undefined;
      for (const value of values ?? []) for (const name of nameTypes(value)) types.add(name);
    }
  }
  return types.size === 0 ? undefined : types;
}

function nameTypes(value: Json): string[] {
  if (isList(value)) return ['array'];
  return isObject(value) ? ['object'] : typesOfValue(value);
}

function isComposed(schema: JsonObject): boolean {
  return ['$ref', 'allOf', 'anyOf', 'oneOf'].some((key) => member(schema, key) !== undefined);
}

/** All values that are possible, where the schemas list them. */
function valuesIn(schemas: readonly JsonObject[]): Json[] | undefined {
  const values: Json[] = [];
  for (const schema of schemas) {
    const own = listed(schema);
    if (own) values.push(...own);
    else if (!isComposed(schema) && member(schema, 'type') !== 'null') return undefined;
    else if (member(schema, 'type') === 'null') values.push(null);
  }
  return values.length === 0 ? undefined : values;
}

function listed(schema: JsonObject): readonly Json[] | undefined {
  const options = member(schema, 'enum');
  const only = member(schema, 'const');
  if (isList(options)) return options;
  return only === undefined ? undefined : [only];
}
