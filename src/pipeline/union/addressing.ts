import { isList, isObject, type Json, type JsonObject, textMember } from '../../model/json.ts';
import { metaKeys, metaOf } from '../../protocol/meta.ts';
import type { Naming, Resolved } from './naming.ts';

/** A request of the union in the words of the one upstream that it is for. */
export interface Addressed {
  readonly upstream: string;
  readonly params: JsonObject;
}

/**
 * Which upstream a request is for, by what its params name; undefined where nothing names one. The params come back in
 * that upstream's own words, before anything judges them.
 */
export function addressed(
  naming: Naming,
  method: string,
  params: JsonObject = {},
): Addressed | undefined {
  switch (method) {
    case 'tools/call':
    case 'prompts/get':
      return byMember(naming, params, 'name', naming.resolve(textMember(params, 'name') ?? ''));
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return byMember(naming, params, 'uri', naming.resolveUri(textMember(params, 'uri') ?? ''));
    case 'completion/complete':
      return byReference(naming, params);
    default:
      return byMember(naming, params, 'taskId', naming.resolve(textMember(params, 'taskId') ?? ''));
  }
}

function byMember(
  naming: Naming,
  params: JsonObject,
  member: string,
  found: Resolved | undefined,
): Addressed | undefined {
  if (!found) return undefined;
  const { upstream, name } = found;
  const own = { ...params, [member]: name };
  const { arguments: args } = params;
  const plain = args === undefined ? own : { ...own, arguments: ownUris(naming, upstream, args) };
  return { upstream, params: withOwnTask(naming, plain) };
}

function byReference(naming: Naming, params: JsonObject): Addressed | undefined {
  const { ref } = params;
  if (!isObject(ref)) return undefined;
  const prompt = ref.type === 'ref/prompt';
  const key = prompt ? 'name' : 'uri';
  const text = textMember(ref, key) ?? '';
  const found = prompt ? naming.resolve(text) : naming.resolveUri(text);
  if (!found) return undefined;
  return { upstream: found.upstream, params: { ...params, ref: { ...ref, [key]: found.name } } };
}

/** A resource that the agent has from this upstream is, as an argument, named as the upstream names it. */
function ownUris(naming: Naming, upstream: string, value: Json): Json {
  if (typeof value === 'string') {
    const found = naming.resolveUri(value);
    return found?.upstream === upstream ? found.name : value;
  }
  if (isList(value)) return value.map((element) => ownUris(naming, upstream, element));
  if (!isObject(value)) return value;
  const members = Object.entries(value);
  return Object.fromEntries(members.map(([key, it]) => [key, ownUris(naming, upstream, it)]));
}

function withOwnTask(naming: Naming, params: JsonObject): JsonObject {
  const meta = metaOf(params);
  const related = meta[metaKeys.relatedTask];
  const task = isObject(related) ? naming.resolve(textMember(related, 'taskId') ?? '') : undefined;
  if (!task || !isObject(related)) return params;
  const own = { ...related, taskId: task.name };
  return { ...params, _meta: { ...meta, [metaKeys.relatedTask]: own } };
}
