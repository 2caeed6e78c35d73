import { isList, isObject, type Json, type JsonObject } from '../../model/json.ts';
import { metaKeys } from '../../protocol/meta.ts';
import type { Naming } from './naming.ts';

type Rename = (text: string) => string;
/** How the members of an object are renamed; a list stands for its elements. */
interface Renames {
  readonly [member: string]: Rename | Renames;
}

/** Puts the words of one upstream into those of the union, in what comes down. */
export class Renaming {
  readonly #results: Readonly<Record<string, Renames>>;
  readonly #params: Readonly<Record<string, Renames>>;
  readonly #anyResult: Renames;

  constructor(naming: Naming, upstream: string) {
    const name = (text: string) => naming.name(upstream, text);
    const uri = (text: string) => naming.uri(upstream, text);
    const task: Renames = { taskId: name };
    const _meta: Renames = { [metaKeys.relatedTask]: task };
    // A content block, in a result or nested in one: links and embedded resources name resources.
    const content: Renames = { uri, resource: { uri } };
    const page: Renames = { _meta: { ui: { resourceUri: uri }, 'ui/resourceUri': uri } };
    const toolResult: Renames = { content, task, taskId: name, _meta };
    this.#results = {
      'tools/call': toolResult,
      'tasks/result': toolResult,
      'tasks/get': { ...task, task, result: toolResult, _meta },
      'tasks/cancel': { ...task, _meta },
      'tasks/list': { tasks: task },
      'tools/list': { tools: { ...page, name } },
      'prompts/list': { prompts: { name } },
      'prompts/get': { messages: { content } },
      'resources/list': { resources: { uri } },
      'resources/templates/list': { resourceTemplates: { uriTemplate: uri } },
      'resources/read': { contents: { uri } },
    };
    this.#params = {
      'notifications/resources/updated': { uri },
      'notifications/subscriptions/acknowledged': {
        notifications: { resourceSubscriptions: uri, taskIds: name },
      },
      'notifications/tasks/status': task,
      'notifications/tasks': { ...task, result: toolResult },
      'sampling/createMessage': { messages: { content }, _meta },
      'elicitation/create': { _meta },
    };
    this.#anyResult = { _meta };
  }

  /** The result of a request. */
  result(method: string, result: JsonObject): JsonObject {
    return renamed(result, this.#results[method] ?? this.#anyResult) as JsonObject;
  }

  /** The params of a request or notification of the upstream's own. */
  params(method: string, params: JsonObject): JsonObject {
    return renamed(params, this.#params[method] ?? {}) as JsonObject;
  }
}

function renamed(value: Json, renames: Renames): Json {
  if (isList(value)) return value.map((element) => renamed(element, renames));
  if (!isObject(value)) return value;
  let copy: JsonObject | undefined;
  for (const [member, rename] of Object.entries(renames)) {
    if (!Object.hasOwn(value, member)) continue;
    const before = value[member] as Json;
    const after =
      typeof rename === 'function' ? renamedText(before, rename) : renamed(before, rename);
    if (after !== before) copy = { ...(copy ?? value), [member]: after };
  }
  return copy ?? value;
}

function renamedText(value: Json, rename: Rename): Json {
  if (isList(value)) return value.map((element) => renamedText(element, rename));
  return typeof value === 'string' ? rename(value) : value;
}
