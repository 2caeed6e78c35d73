import * as z from 'zod';
import { child, describe, type Node } from '../document/node.ts';
import { suggest } from '../model/nearest.ts';
import type { Position, Problem } from '../model/position.ts';
import { configSchema } from './schema.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What the schema found wrong, at the places in the file where it stands. */
export function problemsOf(issues: readonly Issue[], root: Node): Problem[] {
  return issues.flatMap((issue) => problemsOfIssue(issue, issue.path, root));
}

function problemsOfIssue(issue: Issue, path: Path, root: Node): Problem[] {
  const node = nodeAt(root, path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(key, path, root));
  }
  if (issue.code === 'invalid_union') {
    const nested = likeliest(issue.errors);
    if (nested) {
      return nested.flatMap((inner) => problemsOfIssue(inner, [...path, ...inner.path], root));
    }
    const strange = unknownToAll(issue.errors).map((key) => unknownKey(key, path, root));
    if (strange.length > 0) return strange;
  }
  const what = path.length === 0 ? 'the configuration' : path.map(String).join('.');
  if (!node) {
    const at = nearestPlace(root, path);
    return [problem('CONFIG_MISSING_KEY', at, `${what} is missing`)];
  }
  const at = issue.code === 'invalid_key' ? keyPlace(root, path) : node.at;
  return [problem('CONFIG_INVALID_VALUE', at, `${what} ${messageFor(issue, node)}`)];
}

/** JSON's types in the words of YAML. */
const typeNames: Readonly<Record<string, string>> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  int: 'a whole number',
  boolean: 'true or false',
};

function messageFor(issue: Issue, node: Node): string {
  switch (issue.code) {
    case 'invalid_type':
      if (!issue.message.startsWith('Invalid input')) return issue.message;
      return `must be ${typeNames[issue.expected] ?? `a ${issue.expected}`}, not ${describe(node)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    case 'too_small':
    case 'too_big':
      return issue.message.startsWith('Too') ? boundOf(issue) : issue.message;
    default:
      return issue.message;
  }
}

function boundOf(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const isCount = issue.origin === 'number' || issue.origin === 'int';
  if (!isCount) return 'must not be empty';
  return issue.code === 'too_small'
    ? `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`
    : `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
}

const FOREIGN = 1_000;

/** The alternative that was meant: the one with the fewest faults, if that is clear. */
function likeliest(alternatives: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const weighed = alternatives
    .map((issues) => ({ issues, weight: issues.reduce((sum, issue) => sum + weight(issue), 0) }))
    .sort((a, b) => a.weight - b.weight);
  const [first, second] = weighed;
  return first && (!second || first.weight < second.weight) ? first.issues : undefined;
}

/** Keys that none of the alternatives has. */
function unknownToAll(alternatives: readonly (readonly Issue[])[]): string[] {
  const [first = [], ...rest] = alternatives.map((issues) =>
    issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : [])),
  );
  return first.filter((key) => rest.every((keys) => keys.includes(key)));
}

/** A key that a kind doesn't have speaks against that kind; a fault within one that it has says nothing. */
function weight(issue: Issue): number {
  if (issue.code !== 'unrecognized_keys') return 1;
  return issue.keys.length * (issue.path.length === 0 ? FOREIGN : 1);
}

function unknownKey(key: string, path: Path, root: Node): Problem {
  const where = path.length === 0 ? 'the configuration' : path.map(String).join('.');
  const at = keyPlace(root, [...path, key]);
  const found = problem('CONFIG_UNKNOWN_KEY', at, `${where} has no key "${key}"`);
  const kinds = kindsAt(path);
  const known = [...new Set(kinds.flat())];
  if (!known.includes(key)) return { ...found, hint: suggest(key, known) };
  // All kinds of an upstream, or of a source of policies, stand at the same path.
  if (kinds.length <= 2) return { ...found, hint: 'the other kind has it' };
  const names = kinds.flatMap(([name]) => name ?? []);
  const choice = `${where} comes from one of ${listed(names)}`;
  return names.includes(key) ? { ...found, message: choice } : { ...found, hint: choice };
}

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}

/** Words as a sentence lists them: `a, b and c`. */
function listed(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), ...words.slice(-1)].join(' and ');
}

/** Keys that may stand at a path, of each kind that there is; the first key of a kind names it. */
function kindsAt(path: Path): string[][] {
  let shapes: Shape[] = [z.toJSONSchema(configSchema, { io: 'input' }) as Shape];
  for (const step of path) {
    shapes = shapes
      .flatMap((shape) => shape.anyOf ?? [shape])
      .flatMap(({ properties, additionalProperties, items }) => {
        const named = properties?.[String(step)];
        if (named) return [named];
        if (typeof step === 'number' && items) return [items];
        return typeof additionalProperties === 'object' ? [additionalProperties] : [];
      });
  }
  const kinds = shapes.flatMap((shape) => shape.anyOf ?? [shape]);
  return kinds.map(({ properties = {} }) => Object.keys(properties));
}

function nodeAt(root: Node, path: Path): Node | undefined {
  let node: Node | undefined = root;
  for (const step of path) {
    node = node?.kind === 'list' ? node.items[Number(step)] : child(node, String(step));
  }
  return node;
}

/** The place of the key that a path ends with. */
function keyPlace(root: Node, path: Path): Position {
  const parent = nodeAt(root, path.slice(0, -1));
  const key = String(path.at(-1));
  const entry = parent?.kind === 'map' ? parent.entries.find((one) => one.key === key) : undefined;
  return entry?.at ?? nearestPlace(root, path);
}

/** The place of the deepest thing on the path that is there. */
function nearestPlace(root: Node, path: Path): Position {
  for (let length = path.length; length > 0; length--) {
    const node = nodeAt(root, path.slice(0, length));
    if (node) return node.at;
  }
  return root.at;
}

function problem(code: string, at: Position, message: string): Problem {
  return { code, severity: 'error', at, message };
}
