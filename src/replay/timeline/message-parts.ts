import { isList, isObject, type Json, type JsonObject } from '../../model/json.ts';
import { contentPart } from './content-part.ts';
import type { Place } from './masked-places.ts';
import type { MessagePart } from './message-part.ts';
import { LISTS } from './message-title.ts';
import { repeatsText } from './repeats-text.ts';

interface PartOptions {
  readonly full: boolean;
}

/** Members that only machines read, or that the title says already. */
const SAID = [
  ...['_meta', 'name', 'uri', 'isError', 'resultType', 'action', 'model', 'progressToken'],
  ...['ttlMs', 'cacheScope', 'requestState'],
];
const SAID_OF_PROGRESS = ['progress', 'total', 'message'];

/** The parts of the params, the result or the error of a message. */
export function partsOf(body: JsonObject, place: Place, { full }: PartOptions): MessagePart[] {
  const said = full ? [] : [...SAID, ...saidBy(body, place)];
  const own = Object.entries(body).filter(([name]) => !said.includes(name));
  return own.flatMap(([name, value]) => {
    const at = [...place, name];
    if (full && name === '_meta') return [{ name, place: at, value }];
    return expanded(name, value, at, body, full) ?? [{ name, place: at, value }];
  });
}

/** What else the title of such a message says. */
function saidBy(body: JsonObject, [root]: Place): string[] {
  if (root === 'error') return ['code', 'message'];
  if (root === 'params') {
    if (body.progressToken !== undefined) return SAID_OF_PROGRESS;
    if (body.level !== undefined && body.data !== undefined) return ['level', 'logger'];
    return body.requestId === undefined ? [] : ['reason'];
  }
  if (typeof body.model === 'string') return ['role'];
  return typeof body.serverInfo === 'object' ? ['serverInfo'] : [];
}

/** A member in more parts than one, or shortened; undefined where it is a part as it is. */
function expanded(
  name: string,
  value: Json,
  place: Place,
  body: JsonObject,
  full: boolean,
): MessagePart[] | undefined {
  if (name === 'arguments' && isObject(value)) return membersOf(value, place);
  if ((name === 'content' || name === 'contents') && body.action === undefined) {
    if (isList(value)) return value.map((item, i) => contentPart('', item, [...place, i], full));
    return isObject(value) ? [contentPart('', value, place, full)] : undefined;
  }
  if (name === 'messages' && isList(value))
    return value.map((it, i) => spoken(it, [...place, i], full));
  if (name === 'inputRequests' && isObject(value)) return questions(value, place, full);
  if (name === 'inputResponses' && isObject(value)) return answers(value, place, full);
  if (full) return undefined;
  if (LISTS.includes(name) && isList(value)) return [{ name, place, value, note: namesIn(value) }];
  if (name === 'capabilities' && isObject(value)) {
    return [{ name, place, value, note: Object.keys(value).join(', ') || 'none' }];
  }
  const repeats = name === 'structuredContent' && repeatsText(value, body.content);
  return repeats ? [{ name, place, value, note: 'the same' }] : undefined;
}

function membersOf(object: JsonObject, place: Place): MessagePart[] {
  return Object.entries(object).map(([name, value]) => ({ name, place: [...place, name], value }));
}

/** A message of a prompt, or for a model: who says it, and what. */
function spoken(value: Json, place: Place, full: boolean): MessagePart {
  if (!isObject(value) || typeof value.role !== 'string') return { name: '', place, value };
  const { role, content = null } = value;
  // One content, or since 2025-11-25 a list of them.
  if (!isObject(content)) return { name: role, place: [...place, 'content'], value: content };
  return contentPart(role, content, [...place, 'content'], full);
}

/** What an upstream asks for before it goes on: each question with its method. */
function questions(requests: JsonObject, place: Place, full: boolean): MessagePart[] {
  return Object.entries(requests).flatMap(([key, value]): MessagePart[] => {
    const at = [...place, key];
    if (!isObject(value) || !isObject(value.params)) return [{ name: key, place: at, value }];
    const asks = { name: key, place: [...at, 'method'], value: value.method ?? null };
    const parts = partsOf(value.params, [...at, 'params'], { full });
    return [asks, ...parts.map((part) => ({ ...part, name: dotted(key, part.name) }))];
  });
}

/** What a client answers to such questions. */
function answers(responses: JsonObject, place: Place, full: boolean): MessagePart[] {
  return Object.entries(responses).flatMap(([key, value]): MessagePart[] => {
    const at = [...place, key];
    if (!isObject(value)) return [{ name: key, place: at, value }];
    const { action } = value;
    const says =
      full || action === undefined ? [] : [{ name: '', place: [...at, 'action'], value: action }];
    const parts = [...says, ...partsOf(value, at, { full })];
    return parts.map((part) => ({ ...part, name: dotted(key, part.name) }));
  });
}

function dotted(key: string, name: string): string {
  return name === '' ? key : `${key}.${name}`;
}

function namesIn(list: readonly Json[]): string {
  const names = list.map((item) => {
    const { name, uri, uriTemplate, taskId } = isObject(item) ? item : {};
    const found = [uriTemplate, uri, name, taskId].find((one) => typeof one === 'string');
    return typeof found === 'string' ? found : '?';
  });
  return names.join(', ') || 'none';
}
