import {
  deeperThan,
  isList,
  isObject,
  type Json,
  type JsonObject,
  member,
  parseJson,
} from '../../model/json.ts';
import { suggest } from '../../model/nearest.ts';
import type { Problem } from '../../model/position.ts';
import type { ToolDefinition } from '../../model/tool-definition.ts';
import { visibleText } from './hidden-characters.ts';
import { JsonPlaces } from './json-places.ts';
import { fingerprintOf, unpinnedMembers } from './tool-definition.ts';

/** Accepted tools by upstream and name. */
export type PinnedTools = ReadonlyMap<string, ReadonlyMap<string, ToolDefinition>>;

export interface LockFile {
  /** Absent where there are problems. */
  readonly tools?: PinnedTools;
  readonly problems: readonly Problem[];
}

const VERSION = 2;
/** Members that stand first in a definition, for readers; others follow by name. */
const FIRST = ['name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations'];
const MAX_DEPTH = 128;
const HINT_OLDER = 'remove it, and write it anew with "sallyport pin"';
const HINT_EDITED = 'do not edit it by hand: "sallyport pin" writes it';

/**
 * The text of a lock file: a definition of each tool and its fingerprint. The same tools give the same text, whatever
 * their order, and hidden characters stand in it as escapes, so that a reviewer sees them.
 */
export function formatLockFile(tools: PinnedTools): string {
  const upstreams = sorted(tools).map(([upstream, own]) => {
    const entries = sorted(own).map(([name, { fingerprint, definition }]) => {
      return [name, { fingerprint, definition: readable(definition) }] as const;
    });
    return [upstream, { tools: Object.fromEntries(entries) }] as const;
  });
  const file = { version: VERSION, upstreams: Object.fromEntries(upstreams) };
  return `${JSON.stringify(file, null, 2).replace(NOT_SEEN, escaped)}\n`;
}

/** Reads a lock file; reports everything that is wrong with it. */
export function parseLockFile(text: string, file: string): LockFile {
  const start = { file, line: 1, column: 1 };
  const failed = (message: string): LockFile => ({
    problems: [{ code: 'PINS_SYNTAX', severity: 'error', at: start, message }],
  });
  if (deeperThan(text, MAX_DEPTH)) return failed(`values nest more than ${MAX_DEPTH} deep`);
  let json: Json;
  try {
    json = parseJson(text);
  } catch (error) {
    return failed(`it is not JSON: ${visibleText((error as Error).message)}`);
  }
  const reader = new LockReader(text, file);
  const tools = reader.read(json);
  return reader.problems.length === 0 ? { tools, problems: [] } : { problems: reader.problems };
}

class LockReader {
  readonly problems: Problem[] = [];
  readonly #places: JsonPlaces;

  constructor(text: string, file: string) {
    this.#places = new JsonPlaces(text, file);
    for (const { key, at } of this.#places.repeated) {
      const message = `"${visibleText(key)}" stands here twice`;
      this.problems.push({ code: 'PINS_REPEATED_KEY', severity: 'error', at, message });
    }
  }

  read(json: Json): PinnedTools {
    const root = this.#object(json, [], ['version', 'upstreams']);
    if (!root) return new Map();
    if (root.version !== undefined && root.version !== VERSION) {
      const message = `version ${JSON.stringify(root.version)} is not known, only ${VERSION} is`;
      const isOlder = typeof root.version === 'number' && root.version < VERSION;
      const hint = isOlder ? HINT_OLDER : 'it may be of a newer sallyport';
      this.#add('PINS_VERSION', ['version'], message, hint);
      return new Map();
    }
    const upstreams = this.#object(root.upstreams, ['upstreams']) ?? {};
    return new Map(
      Object.entries(upstreams).map(([name, value]) => [name, this.#upstream(name, value)]),
    );
  }

  #upstream(name: string, value: Json): Map<string, ToolDefinition> {
    const path = ['upstreams', name];
    const upstream = this.#object(value, path, ['tools']);
    const tools = upstream && this.#object(upstream.tools, [...path, 'tools']);
    const read = Object.entries(tools ?? {}).flatMap(([tool, entry]) => {
      const definition = this.#tool(tool, entry, [...path, 'tools', tool]);
      return definition ? [[tool, definition] as const] : [];
    });
    return new Map(read);
  }

  #tool(name: string, value: Json, path: readonly string[]): ToolDefinition | undefined {
    const entry = this.#object(value, path, ['fingerprint', 'definition']);
    if (!entry) return undefined;
    const inside = [...path, 'definition'];
    const definition = this.#object(entry.definition, inside, undefined, ['name']);
    for (const key of Object.keys(definition ?? {})) {
      if (!unpinnedMembers.has(key)) continue;
      this.#add('PINS_UNKNOWN_KEY', [...inside, key], `"${key}" is not pinned`, HINT_EDITED);
    }
    const { fingerprint } = entry;
    if (fingerprint !== undefined && typeof fingerprint !== 'string') {
      this.#add('PINS_WRONG_TYPE', [...path, 'fingerprint'], 'fingerprint must be a string');
    }
    if (!definition || typeof fingerprint !== 'string') return undefined;
    if (definition.name !== name) {
      const message = `the definition is of another tool than "${visibleText(name)}"`;
      this.#add('PINS_EDITED', [...inside, 'name'], message, HINT_EDITED);
      return undefined;
    }
    if (fingerprintOf(definition) !== fingerprint) {
      const message = 'the fingerprint is not that of the definition: somebody edited one of them';
      this.#add('PINS_EDITED', [...path, 'fingerprint'], message, HINT_EDITED);
      return undefined;
    }
    return { name, fingerprint, definition };
  }

  /** An object, perhaps with given members only; of those, `needed` must be there. */
  #object(
    value: Json | undefined,
    path: readonly string[],
    known?: readonly string[],
    needed = known,
  ): JsonObject | undefined {
    const what = path.at(-1) ?? 'the file';
    if (!isObject(value)) {
      if (value !== undefined) {
        this.#add('PINS_WRONG_TYPE', path, `${visibleText(what)} must be an object`);
      }
      return undefined;
    }
    for (const key of Object.keys(value)) {
      if (!known || known.includes(key)) continue;
      const message = `${visibleText(what)} has no member "${visibleText(key)}"`;
      this.#add('PINS_UNKNOWN_KEY', [...path, key], message, suggest(key, known));
    }
    for (const key of needed ?? []) {
      if (Object.hasOwn(value, key)) continue;
      this.#add('PINS_MISSING_KEY', path, `${visibleText(what)} lacks "${key}"`);
    }
    return value;
  }

  #add(code: string, path: readonly string[], message: string, hint?: string): void {
    const found = { code, severity: 'error' as const, at: this.#places.at(path), message };
    this.problems.push(hint === undefined ? found : { ...found, hint });
  }
}

/** What JSON.stringify writes as it is and a reader can't see. */
const NOT_SEEN =
  /[\u007f-\u009f\u00a0\p{Cf}\p{Zl}\p{Zp}\p{Co}]|[\u17b4\u17b5]|[\u180b-\u180f]|[\u034f\u115f\u1160\u2800\u3164\uffa0]|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]/gu;

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, i) => {
    return `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  }).join('');
}

function sorted<Value>(map: ReadonlyMap<string, Value>): (readonly [string, Value])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** A definition with its members in the order in which they are read. */
function readable(definition: JsonObject): JsonObject {
  const others = Object.keys(definition).filter((key) => !FIRST.includes(key));
  const members = [...FIRST, ...others.sort()].flatMap((key) => {
    const value = ordered(member(definition, key));
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(members);
}

/** The same value with the members of its objects in order. */
function ordered(value: Json | undefined): Json | undefined {
  if (isList(value)) return value.map((item) => ordered(item) as Json);
  if (!isObject(value)) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(members.map(([key, inner]) => [key, ordered(inner) as Json]));
}
