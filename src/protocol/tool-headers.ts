import { isList, isObject, type Json, type JsonObject, member, textMember } from '../model/json.ts';
import { decodeHeader, encodeHeader, PARAM_PREFIX } from './headers.ts';

/** An argument of a tool that a header repeats (2026-07-28, transports, custom headers from tool parameters). */
export interface ToolHeader {
  /** The header's name, in lower case. */
  readonly header: string;
  /** Where the argument is: names from the arguments' root down. */
  readonly path: readonly string[];
}

/** What a tool's definition says of its headers, or why the definition is invalid. */
export type ToolHeaders =
  | { readonly headers: readonly ToolHeader[]; readonly problem?: never }
  | { readonly headers?: never; readonly problem: string };

const ANNOTATION = 'x-mcp-header';
/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/;
const TYPES = ['string', 'integer', 'boolean'];
/** A request must fit into what servers take as headers. */
const MAX_HEADERS = 64;
const MAX_DEPTH = 64;

/** Keywords of JSON Schema 2020-12, and of older drafts, whose value is a schema or a list of schemas. */
const APPLICATORS = [
  ...['items', 'prefixItems', 'contains', 'additionalItems', 'unevaluatedItems'],
  ...['additionalProperties', 'unevaluatedProperties', 'propertyNames', 'contentSchema'],
  ...['oneOf', 'anyOf', 'allOf', 'not', 'if', 'then', 'else'],
];
/** Keywords whose value gives schemas names. */
const MAPS = ['patternProperties', 'dependentSchemas', 'dependencies', '$defs', 'definitions'];

const NONE: ToolHeaders = { headers: [] };

/** Reads which arguments headers repeat from a tool's `inputSchema`. */
export function toolHeadersOf(inputSchema: Json | undefined): ToolHeaders {
  const found: ToolHeader[] = [];
  const problem = walk(inputSchema, [], true, found, 0);
  if (problem !== undefined) return { problem };
  return found.length === 0 ? NONE : { headers: found };
}

/** @returns what is wrong */
function walk(
  schema: Json | undefined,
  path: readonly string[],
  reachable: boolean,
  found: ToolHeader[],
  depth: number,
): string | undefined {
  if (!isObject(schema)) return undefined;
  if (depth > MAX_DEPTH) return 'its inputSchema nests too deeply';
  const own = annotate(schema, path, reachable, found);
  if (own !== undefined) return own;
  const { properties } = schema;
  for (const [name, sub] of isObject(properties) ? Object.entries(properties) : []) {
    const problem = walk(sub, [...path, name], reachable, found, depth + 1);
    if (problem !== undefined) return problem;
  }
  for (const sub of elsewhere(schema)) {
    const problem = walk(sub, path, false, found, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The schemas inside of one that an argument's path alone does not lead to. */
function elsewhere(schema: JsonObject): readonly Json[] {
  const direct = APPLICATORS.flatMap((keyword) => {
    const value = member(schema, keyword);
    return isList(value) ? value : value === undefined ? [] : [value];
  });
  const named = MAPS.flatMap((keyword) => {
    const value = member(schema, keyword);
    return isObject(value) ? Object.values(value) : [];
  });
  return [...direct, ...named];
}

function annotate(
  schema: JsonObject,
  path: readonly string[],
  reachable: boolean,
  found: ToolHeader[],
): string | undefined {
  const name = member(schema, ANNOTATION);
  if (name === undefined) return undefined;
  if (!reachable || path.length === 0) return `${ANNOTATION} stands where no argument is`;
  if (typeof name !== 'string' || !TOKEN.test(name)) return `${ANNOTATION} is no header name`;
  if (!TYPES.includes(textMember(schema, 'type') ?? '')) {
    return `${ANNOTATION} stands at an argument that is no string, integer or boolean`;
  }
  const header = `${PARAM_PREFIX}${name.toLowerCase()}`;
  if (found.some((other) => other.header === header)) return `${ANNOTATION} gives a name twice`;
  if (found.length >= MAX_HEADERS) return `${ANNOTATION} stands more than ${MAX_HEADERS} times`;
  found.push({ header, path });
  return undefined;
}

/** Names and values of the headers that repeat a call's arguments, in turn. */
export function paramHeaders(headers: readonly ToolHeader[], args: Json | undefined): string[] {
  return headers.flatMap(({ header, path }) => {
    const text = textOf(valueAt(args, path));
    return text === undefined ? [] : [header, encodeHeader(text)];
  });
}

/**
 * Compares headers with the arguments that they repeat.
 *
 * @returns the name of the first header that is missing, malformed or says something else
 */
export function mismatchedParam(
  headers: readonly ToolHeader[],
  args: Json | undefined,
  sent: (header: string) => string | undefined,
): string | undefined {
  return headers.find(({ header, path }) => !agrees(sent(header), valueAt(args, path)))?.header;
}

function agrees(sent: string | undefined, value: Json | undefined): boolean {
  const expected = textOf(value);
  // Nobody expects a header of an argument that is not there, but one that comes must say the same.
  if (sent === undefined || expected === undefined)
    return sent === undefined && expected === undefined;
  const said = decodeHeader(sent);
  if (said === expected) return true;
  return typeof value === 'number' && DECIMAL.test(said ?? '') && Number(said) === value;
}

const DECIMAL = /^-?\d{1,32}(?:\.\d{1,32})?$/;

/** What a header says of an argument; undefined where none can: it is absent, null, or no primitive value. */
function textOf(value: Json | undefined): string | undefined {
  // A lone surrogate has no UTF-8 form.
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  // Beyond the safe range two integers may look alike.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value);
}

function valueAt(args: Json | undefined, path: readonly string[]): Json | undefined {
  let value = args;
  for (const name of path) value = isObject(value) ? member(value, name) : undefined;
  return value;
}
