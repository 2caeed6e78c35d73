import { isObject, type Json, type JsonObject, parseJson } from '../../model/json.ts';
import type { MessagePart } from './message-part.ts';
import { partsOf } from './message-parts.ts';
import { messageTitle } from './message-title.ts';

/** A message as a person reads it. */
export interface MessageView {
  /** What it does, in a few words; names in it are as they came. */
  readonly title: string;
  readonly parts: readonly MessagePart[];
  /** The message itself; text that is no JSON object is its only part. */
  readonly message?: JsonObject;
}

export interface MessageOptions {
  /** Leaves nothing out: also what only machines read, such as `_meta`, and lists as they are. */
  readonly full: boolean;
}

/** Reads a recorded message for people. */
export function messageView(payload: string, options: MessageOptions): MessageView {
  const message = objectIn(payload);
  if (!message) return { title: 'says', parts: [{ name: '', place: [], value: payload }] };
  return { title: messageTitle(message), parts: bodyParts(message, options), message };
}

function bodyParts(message: JsonObject, options: MessageOptions): MessagePart[] {
  const { method, params, result, error } = message;
  if (typeof method === 'string') {
    return isObject(params) ? partsOf(params, ['params'], options) : loose('params', params);
  }
  if (isObject(result)) return partsOf(result, ['result'], options);
  if (isObject(error)) return partsOf(error, ['error'], options);
  return partsOf(message, [], options);
}

function loose(name: string, value: Json | undefined): MessagePart[] {
  return value === undefined ? [] : [{ name, place: [name], value }];
}

function objectIn(payload: string): JsonObject | undefined {
  try {
    const value = parseJson(payload);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
