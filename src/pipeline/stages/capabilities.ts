import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import type { Rights } from '../rights.ts';

/** Capabilities with some taken off. */
export interface Narrowed {
  readonly value: JsonObject;
  /** How many were. */
  readonly count: number;
}

const TASKS = 'io.modelcontextprotocol/tasks';

/**
 * What an upstream offers (ServerCapabilities), without what the caller can never use. The lists that stay change with
 * the policies, and the gate says so, whether the upstream has changes of its own to tell or not.
 */
export function serverOffers(capabilities: JsonObject, rights: Rights): Narrowed {
  const draft = new Draft(capabilities);
  for (const kind of ['tools', 'resources', 'prompts'] as const) {
    if (draft.keepIf(() => rights.may(kind), kind)) draft.set([kind, 'listChanged'], true);
  }
  draft.keepIf(() => rights.may('subscribe'), 'resources', 'subscribe');
  draft.keepIf(
    () => rights.may('promptCompletion') || rights.may('resourceCompletion'),
    'completions',
  );
  draft.keepIf(() => rights.may('setLevel') && rights.may('logMessage'), 'logging');
  draft.keepIf(() => rights.may('listTasks'), 'tasks', 'list');
  draft.keepIf(() => rights.may('cancelTask'), 'tasks', 'cancel');
  draft.keepIf(() => rights.may('tools'), 'tasks', 'requests', 'tools');
  draft.keepIf(() => mayHaveTasks(rights) && !draft.isEmptied('tasks', 'requests'), 'tasks');
  draft.keepIf(() => mayHaveTasks(rights), 'extensions', TASKS);
  return draft.done();
}

/**
 * What a client offers (ClientCapabilities), without what the upstream may never ask of it. Tasks at clients are
 * not offered to anybody: the stage that opens tasks takes them off.
 */
export function clientOffers(capabilities: JsonObject, rights: Rights): Narrowed {
  const draft = new Draft(capabilities);
  draft.keepIf(() => rights.may('sample'), 'sampling');
  draft.keepIf(() => rights.may('listRoots'), 'roots');
  narrowModes(draft, capabilities.elicitation, rights);
  // In the stateless era the client says by it that calls of its own may become tasks.
  draft.keepIf(() => mayHaveTasks(rights), 'extensions', TASKS);
  return draft.done();
}

function mayHaveTasks(rights: Rights): boolean {
  return rights.may('tools') && rights.may('getTask');
}

/** An empty object offers forms, so the last mode goes with the capability (2025-11-25, elicitation, capabilities). */
function narrowModes(draft: Draft, offered: Json | undefined, rights: Rights): void {
  if (offered === undefined) return;
  const form = rights.may('askForm') || rights.may('askPlainly');
  const url = rights.may('askUrl');
  const modes = isObject(offered) ? offered : {};
  const hasUrl = member(modes, 'url') !== undefined;
  const hasForm = member(modes, 'form') !== undefined || !hasUrl;
  if (!draft.keepIf(() => (form && hasForm) || (url && hasUrl), 'elicitation')) return;
  draft.keepIf(() => form, 'elicitation', 'form');
  draft.keepIf(() => url, 'elicitation', 'url');
}

/** A copy in which members are taken off, as long as nothing says that nothing was. */
class Draft {
  readonly #original: JsonObject;
  #value: JsonObject;
  #count = 0;

  constructor(original: JsonObject) {
    this.#original = original;
    this.#value = original;
  }

  /** Takes a member off unless it may stay; true where it is still there. */
  keepIf(stays: () => boolean, ...path: readonly [string, ...string[]]): boolean {
    if (at(this.#value, path) === undefined) return false;
    if (stays()) return true;
    this.#value = changed(this.#value, path, undefined);
    this.#count++;
    return false;
  }

  /** Sets a member of what is an object. */
  set(path: readonly [string, ...string[]], value: Json): void {
    if (isObject(at(this.#value, path.slice(0, -1)))) {
      this.#value = changed(this.#value, path, value);
    }
  }

  /** True of an object from which everything was taken; one that had nothing in it stays as it is. */
  isEmptied(...path: readonly string[]): boolean {
    const value = at(this.#value, path);
    const before = at(this.#original, path);
    return value !== before && isObject(value) && Object.keys(value).length === 0;
  }

  done(): Narrowed {
    return { value: this.#value, count: this.#count };
  }
}

function at(value: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce((inner: Json | undefined, key) => {
    return isObject(inner) ? member(inner, key) : undefined;
  }, value);
}

/** A copy with a member replaced, or left out. Its path leads through objects. */
function changed(
  value: JsonObject,
  [key, ...rest]: readonly string[],
  to: Json | undefined,
): JsonObject {
  if (key === undefined) return value;
  const inner = value[key];
  const next = rest.length === 0 ? to : changed(isObject(inner) ? inner : {}, rest, to);
  if (next === undefined) return without(value, key);
  return { ...value, [key]: next };
}

function without(value: JsonObject, key: string): JsonObject {
  const { [key]: _, ...rest } = value;
  return rest;
}
