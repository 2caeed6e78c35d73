import { DEEP, EACH, type PathSegment } from '../model/decision.ts';
import { isList, isObject, type Json, member } from '../model/json.ts';
import { suggest } from '../model/nearest.ts';
import { BOOLEAN, NUMBER, TEXT, TEXTS, type ValueType } from './conditions/value-type.ts';
import { ABSENT, type Known, type Subject, UNAVAILABLE, UNKNOWN, type Value } from './subject.ts';

/** Roots that are lists of texts. */
const textLists = ['identity.groups', 'identity.scopes', 'tool.flags'];

type Lookup = (subject: Subject) => Value;

const table = (rows: Readonly<Record<string, Lookup>>) => new Map(Object.entries(rows));
const orAbsent = (value: Json | undefined): Value => (value === undefined ? ABSENT : value);

/**
 * A fact of one message, unknown while the subject stands for any message. What the client says of itself is one:
 * it comes with the handshake.
 */
const ofMessage =
  (lookup: Lookup): Lookup =>
  (subject) =>
    subject.anyMessage ? UNKNOWN : lookup(subject);

/** What the upstream has said of a tool. Null is what is there and nobody could look at (the catalog's bounds). */
const ofTool =
  (name: string): Lookup =>
  ({ tool }) => {
    const value = descend(tool, [name]);
    return value === null ? UNAVAILABLE : value;
  };

/** Roots that name one value. */
const facts = table({
  'identity.sub': (s) => s.identity.sub,
  'identity.email': (s) => orAbsent(s.identity.email),
  'identity.client': (s) => orAbsent(s.identity.client),
  'identity.actor': (s) => orAbsent(s.identity.actor),
  'identity.issuer': (s) => s.identity.issuer,
  'target.name': ofMessage((s) => s.target.name),
  'tool.title': ofTool('title'),
  'tool.description': ofTool('description'),
  'target.uri': ofMessage((s) => (s.target.kind === 'resources' ? s.target.name : ABSENT)),
  'request.upstream': (s) => s.request.upstream,
  'request.method': ofMessage((s) => s.request.method),
  'request.protocol': ofMessage((s) => orAbsent(s.request.protocol)),
  // In whole seconds: with a fraction, text order would not be time order against a bound without one.
  'request.time': ofMessage((s) => `${new Date(s.request.now).toISOString().slice(0, 19)}Z`),
  'request.ip': ofMessage((s) => orAbsent(s.request.ip)),
  'client.name': ofMessage((s) => orAbsent(s.client.name)),
  'client.version': ofMessage((s) => orAbsent(s.client.version)),
});

/** Roots that name a whole value, into which a path goes on. */
const trees = table({
  'identity.groups': (s) => s.identity.groups,
  'identity.scopes': (s) => s.identity.scopes,
  'identity.claims': (s) => s.identity.claims,
  'tool.annotations': ofTool('annotations'),
  'tool.flags': ofTool('flags'),
  'request.meta': (s) => s.meta ?? ABSENT,
  args: (s) => s.args,
  result: (s) => s.result,
  error: (s) => s.error ?? (s.result === UNKNOWN ? UNKNOWN : ABSENT),
});

/** Every root as it stands in the reference, `.*` where a path may go on. */
export const rootNames: readonly string[] = [
  ...facts.keys(),
  ...[...trees.keys()].map((name) => (textLists.includes(name) ? name : `${name}.*`)),
];

/** The annotations of a tool that MCP names, which are all that the gate keeps. */
export const annotationNames = [
  'title',
  'readOnlyHint',
  'destructiveHint',
  'idempotentHint',
  'openWorldHint',
];
/** What a JSON-RPC error holds (JSON-RPC 2.0, section 5.1). */
const ERROR_MEMBERS = ['code', 'message', 'data'];

/** What is wrong with a path's root, with a suggestion; undefined where it is fine. */
export function rootProblem(path: readonly PathSegment[]): string | undefined {
  const [first, second, third] = path;
  if (first === 'tool' && second === 'annotations' && typeof third === 'string') {
    return annotationNames.includes(third) ? undefined : suggest(third, annotationNames);
  }
  if (first === 'error' && typeof second === 'string') {
    return ERROR_MEMBERS.includes(second) ? undefined : suggest(second, ERROR_MEMBERS);
  }
  if (rootOf(path)) return undefined;
  const family = rootNames.filter((name) => name.startsWith(`${String(first)}.`));
  const known = family.length > 0 ? family : rootNames;
  return suggest(path.slice(0, 2).map(String).join('.'), known);
}

const otherTypes: ReadonlyMap<string, ValueType> = new Map([
  ['error.code', NUMBER],
  ['error.message', TEXT],
  ['result.isError', BOOLEAN],
]);

/** What is known of the type of the value at a path, whatever the message; undefined: anything. */
export function typeAt(path: readonly PathSegment[]): ValueType | undefined {
  const [first, second, third] = path;
  const name = `${String(first)}.${String(second)}`;
  if (textLists.includes(name)) {
    if (path.length === 2) return TEXTS;
    return path.length === 3 && typeof third !== 'string' ? TEXT : undefined;
  }
  if (facts.has(name)) return TEXT;
  if (name === 'tool.annotations' && path.length === 3) return third === 'title' ? TEXT : BOOLEAN;
  if (path.length !== 2) return undefined;
  return otherTypes.get(name);
}

/** True where the path looks at the answer of a call. */
export function readsResult(path: readonly PathSegment[]): boolean {
  return path[0] === 'result' || path[0] === 'error';
}

/** Conditions that share a path share its look-up. */
const lookups = new WeakMap<readonly PathSegment[], Lookup>();

/** Compiles a path to a look-up of its value. `**` is left to {@link compileLeaves}. */
export function compileLookup(path: readonly PathSegment[]): Lookup {
  const known = lookups.get(path);
  if (known) return known;
  const lookup = makeLookup(path);
  lookups.set(path, lookup);
  return lookup;
}

function makeLookup(path: readonly PathSegment[]): Lookup {
  const root = rootOf(path);
  if (!root) return () => UNAVAILABLE;
  const { lookup, rest } = root;
  if (rest.length === 0) return lookup;
  const [first] = rest;
  if (path[0] !== 'args' || typeof first !== 'string') {
    return (subject) => descend(lookup(subject), rest);
  }
  return (subject) => {
    const { known, args } = subject;
    if (!known || !Object.hasOwn(known, first)) return descend(args, rest);
    return descend(known[first] ?? ABSENT, rest.slice(1));
  };
}

function rootOf(path: readonly PathSegment[]) {
  const [first, second] = path;
  if (typeof first !== 'string') return undefined;
  const single = trees.get(first);
  if (single) return { lookup: single, rest: path.slice(1) };
  if (typeof second !== 'string') return undefined;
  const name = `${first}.${second}`;
  const fact = facts.get(name);
  if (fact) return path.length === 2 ? { lookup: fact, rest: [] } : undefined;
  const tree = trees.get(name);
  return tree ? { lookup: tree, rest: path.slice(2) } : undefined;
}

/** Steps into a value. A step that doesn't fit what is there can't be judged. */
function descend(root: Value, steps: readonly PathSegment[]): Value {
  let value = root;
  for (const step of steps) {
    if (typeof value === 'symbol') return value;
    if (value === null) return ABSENT;
    if (typeof step === 'number') {
      if (!isList(value)) return UNAVAILABLE;
      value = orAbsent(value[step]);
    } else {
      if (typeof step !== 'string' || !isObject(value)) return UNAVAILABLE;
      value = orAbsent(member(value, step));
    }
  }
  return value;
}

/** True where a path has a step that stands for many values. */
export function hasManySteps(path: readonly PathSegment[]): boolean {
  return path.includes(DEEP) || path.includes(EACH);
}

/** What a path reaches: a value, none, or UNAVAILABLE where a step doesn't fit what is there. */
export type Leaf = Known | typeof UNAVAILABLE;

/**
 * Compiles a path with `*` or `**` to the leaves that it reaches, or what stands in for them.
 *
 * @param names a `**` at the end reaches the names of members too.
 */
export function compileLeaves(
  path: readonly PathSegment[],
  { names = false } = {},
): (subject: Subject) => readonly Leaf[] | typeof UNKNOWN | typeof UNAVAILABLE {
  const many = path.findIndex((step) => step === DEEP || step === EACH);
  const lookup = compileLookup(path.slice(0, many));
  const rest = path.slice(many);
  const deep = rest.indexOf(DEEP);
  const sure = deep < 0 ? rest.length : deep;
  const last = rest.findLastIndex((step) => step === DEEP || step === EACH);
  const deepest = rest.lastIndexOf(DEEP);
  return (subject) => {
    const value = lookup(subject);
    if (value === ABSENT) return [];
    if (value === UNKNOWN || value === UNAVAILABLE) return value;
    const been = deepest > deep ? new Map<Json, Set<number>>() : undefined;
    const found: Found = { leaves: [], names, sure, last, been };
    collect(value as Json, rest, 0, found);
    return found.leaves;
  };
}

interface Found {
  readonly leaves: Leaf[];
  readonly names: boolean;
  /** Steps before this one say where to look. Behind a `**` what doesn't fit is simply not what is meant. */
  readonly sure: number;
  /** The last step that stands for many values. */
  readonly last: number;
  /**
   * Steps that each inner value was reached with, where a path has several `**`: they reach it in many ways, which
   * would take time that grows with the depth to the power of their number.
   */
  readonly been: Map<Json, Set<number>> | undefined;
}

function collect(value: Json, steps: readonly PathSegment[], from: number, found: Found): void {
  const step = steps[from];
  const inner = isList(value) ? value : isObject(value) ? Object.values(value) : undefined;
  if (inner && found.been && !isNew(value, from, found.been)) return;
  if (step === undefined) {
    found.leaves.push(value);
  } else if (step === DEEP) {
    if (from + 1 === steps.length) addLeaf(value, found);
    else collect(value, steps, from + 1, found);
    for (const item of inner ?? []) collect(item, steps, from, found);
  } else if (step === EACH) {
    if (!inner && value !== null && from < found.sure) found.leaves.push(UNAVAILABLE);
    for (const item of inner ?? []) collect(item, steps, from + 1, found);
  } else {
    const next = descend(value, [step]);
    if (next === UNAVAILABLE) {
      if (from < found.sure) found.leaves.push(UNAVAILABLE);
    } else if (next === ABSENT) {
      // The name behind a `**` says which members are meant; where there is none, nothing is missing. What isn't there
      // has no elements.
      if (steps[from - 1] !== DEEP && from > found.last) found.leaves.push(ABSENT);
    } else if (typeof next !== 'symbol') collect(next, steps, from + 1, found);
  }
}

/** True the first time that a value is reached with a step; notes it. */
function isNew(value: Json, from: number, been: Map<Json, Set<number>>): boolean {
  const steps = been.get(value);
  if (steps?.has(from)) return false;
  if (steps) steps.add(from);
  else been.set(value, new Set([from]));
  return true;
}

/** What a `**` at the end of a path reaches of a value itself. */
function addLeaf(value: Json, { leaves, names }: Found): void {
  if (!isList(value) && !isObject(value)) leaves.push(value);
  else if (names && isObject(value)) for (const name of Object.keys(value)) leaves.push(name);
}
