import { DEEP, EACH, type PathSegment } from '../../model/decision.ts';
import { isList, isObject, type Json, type JsonObject, member } from '../../model/json.ts';

/** What a JSON Schema says of the values at a path. */
export interface Reach {
  /** Anything may be there: the schema leaves it open, or says it in a way that isn't read here. */
  readonly open: boolean;
  /** Schemas of which one is that of the value; empty and not open: there is no such place. */
  readonly schemas: readonly JsonObject[];
  /** Names that the schema has where it hasn't the one that was looked for. */
  readonly known: readonly string[];
}

const MAX_SCHEMAS = 200;
const OPEN: Reach = { open: true, schemas: [], known: [] };

/** Follows a path into a schema. References lead within the schema; any other leaves it open. */
export function reachOf(root: Json, path: readonly PathSegment[]): Reach {
  let reach = expand([root], root);
  for (const step of path) {
    if (reach.open || step === DEEP) return OPEN;
    const next = reach.schemas.map((schema) => stepInto(schema, step));
    if (next.includes('open')) return OPEN;
    const found = next.flatMap((schemas) => (schemas === 'open' ? [] : schemas));
    if (found.length === 0) {
      return { open: false, schemas: [], known: reach.schemas.flatMap(propertyNames) };
    }
    reach = expand(found, root);
  }
  return reach;
}

/** The schemas themselves, those they refer to, and the alternatives and parts in them. */
function expand(schemas: readonly Json[], root: Json): Reach {
  const found = new Set<JsonObject>();
  const waiting = [...schemas];
  for (let schema = waiting.pop(); schema !== undefined; schema = waiting.pop()) {
    if (schema === false) continue;
    if (!isObject(schema) || found.size > MAX_SCHEMAS) return OPEN;
    if (found.has(schema)) continue;
    found.add(schema);
    for (const key of ['allOf', 'anyOf', 'oneOf']) {
      const parts = member(schema, key);
      for (const part of isList(parts) ? parts : []) waiting.push(part);
    }
    for (const key of ['then', 'else']) {
      const part = member(schema, key);
      if (part !== undefined) waiting.push(part);
    }
    const reference = member(schema, '$ref');
    if (reference === undefined) continue;
    const target = typeof reference === 'string' ? resolve(reference, root) : undefined;
    if (target === undefined) return OPEN;
    waiting.push(target);
  }
  return { open: false, schemas: [...found], known: [] };
}

/** A JSON pointer within the schema (RFC 6901, section 6). */
function resolve(reference: string, root: Json): Json | undefined {
  if (!reference.startsWith('#')) return undefined;
  if (reference !== '#' && !reference.startsWith('#/')) return undefined;
  let value: Json | undefined = root;
  for (const part of reference.split('/').slice(1)) {
    const name = unescapePart(part);
    if (name === undefined) return undefined;
    if (isList(value)) value = value[Number(name)];
    else value = isObject(value) ? member(value, name) : undefined;
  }
  return value;
}

function unescapePart(part: string): string | undefined {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return undefined;
  }
}

/** Keys that say what a value may hold; a schema without any of them is one part of a whole that says it. */
const SAYS_MEMBERS = ['properties', 'patternProperties', 'additionalProperties', 'propertyNames'];
const SAYS_ALTERNATIVES = ['$ref', 'allOf', 'anyOf', 'oneOf', 'then', 'else'];

function stepInto(schema: JsonObject, step: PathSegment): readonly Json[] | 'open' {
  const types = member(schema, 'type');
  const may = (type: string) =>
    types === undefined || types === type || (isList(types) && types.includes(type));
  if (typeof step === 'string') return may('object') ? memberOf(schema, step) : [];
  const elements = may('array') ? elementsOf(schema, step) : [];
  if (step !== EACH || elements === 'open') return elements;
  const members = may('object') ? allMembers(schema) : [];
  return members === 'open' ? 'open' : [...elements, ...members];
}

function memberOf(schema: JsonObject, name: string): readonly Json[] | 'open' {
  const properties = member(schema, 'properties');
  const own = isObject(properties) ? member(properties, name) : undefined;
  if (own !== undefined) return [own];
  if (member(schema, 'patternProperties') !== undefined) return 'open';
  const others = member(schema, 'additionalProperties');
  if (others !== undefined) return others === false ? [] : others === true ? 'open' : [others];
  if (isObject(properties)) return [];
  // Nothing is said of members, here or in a part of this schema.
  return saysNothing(schema) ? 'open' : [];
}

function saysNothing(schema: JsonObject): boolean {
  if (member(schema, 'enum') !== undefined || member(schema, 'const') !== undefined) return false;
  return ![...SAYS_MEMBERS, ...SAYS_ALTERNATIVES].some((key) => member(schema, key) !== undefined);
}

function elementsOf(schema: JsonObject, step: PathSegment): readonly Json[] | 'open' {
  const first = member(schema, 'prefixItems');
  const rest = member(schema, 'items');
  const listed = isList(first) ? first : isList(rest) ? rest : [];
  const own = typeof step === 'number' ? listed.slice(step, step + 1) : listed;
  if (typeof step === 'number' && own.length > 0) return own;
  if (rest !== undefined && !isList(rest)) return rest === true ? 'open' : [...own, rest];
  return listed.length > 0 || !saysNothing(schema) ? own : 'open';
}

function allMembers(schema: JsonObject): readonly Json[] | 'open' {
  const properties = member(schema, 'properties');
  const others = member(schema, 'additionalProperties');
  if (others === true || member(schema, 'patternProperties') !== undefined) return 'open';
  const own = isObject(properties) ? Object.values(properties) : [];
  if (others !== undefined && others !== false) return [...own, others];
  return isObject(properties) || others === false || !saysNothing(schema) ? own : 'open';
}

function propertyNames(schema: JsonObject): string[] {
  const properties = member(schema, 'properties');
  return isObject(properties) ? Object.keys(properties) : [];
}
