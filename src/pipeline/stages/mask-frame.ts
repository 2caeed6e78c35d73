import { applyMasks, type Masked, type MaskHow } from '../../mask/mask.ts';
import type { MaskContext } from '../../mask/mask-context.ts';
import type { Place } from '../../mask/place/place.ts';
import {
  begunTaskPlace,
  errorPlace,
  isToken,
  paramsPlace,
  resultPlace,
  withDataInMeta,
  withDataInToken,
  withNeededMeta,
} from '../../mask/place/places.ts';
import type { MaskObligation } from '../../model/decision.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Frame, NotificationFrame, RequestFrame } from '../../model/message.ts';
import { metaKeys, metaOf } from '../../protocol/meta.ts';
import { methodRow } from '../../protocol/methods.ts';
import type { Part, Promised } from '../carried.ts';
import { maskBody } from './mask-body.ts';

/** All that masks need to know of a frame. */
export interface FrameMasks {
  readonly masks: readonly MaskObligation[];
  /** What it carries inside, each with the masks that are due there. */
  readonly parts: readonly Part[];
  /** A result that says which task has begun. */
  readonly begins: boolean;
  /** Method of the message that began the exchange. */
  readonly method: string;
  readonly context: MaskContext;
  /** It goes nowhere, and is to be read as it came: what the gate has not made or judged is data. */
  readonly stopped: boolean;
  /** Structured content whose tool has promised what it is like. */
  readonly promised?: readonly Omit<Promised, 'content'>[];
  /** What an analyzer has found in it. */
  readonly found?: MaskHow['found'] | undefined;
}

export interface MaskedFrame {
  readonly frame: Frame;
  readonly reports: Masked['reports'];
  readonly tokens: Masked['tokens'];
}

/** A frame with masks applied, and what they did. */
export function maskedFrame(frame: Frame, how: FrameMasks): MaskedFrame {
  const side = frame.direction === 'up' ? 'args' : 'result';
  const { masks, parts, begins, stopped, context, found } = how;
  const shared = { side, masks, parts, stopped, context, found } as const;
  switch (frame.kind) {
    case 'request':
    case 'notification': {
      const { method, params } = frame.message;
      if (!params) return { frame: withoutSource(frame), reports: [], tokens: [] };
      const key = methodRow(method).args;
      const base = side === 'args' && key !== undefined ? [key] : [];
      const place = placeOf(paramsPlace(method), frame, params, how);
      const { value, ...did } = maskBody(params, { place, base, ...shared });
      return { frame: withParams(frame, asObject(value)), ...did };
    }
    case 'result': {
      const { result } = frame.message;
      const own = begins && !stopped ? begunTaskPlace : resultPlace(how.method);
      const place = placeOf(own, frame, result, how);
      const { value, ...did } = maskBody(result, { place, ...shared });
      const message = { ...frame.message, result: asObject(value) };
      return { frame: { ...withoutSource(frame), message } as Frame, ...did };
    }
    case 'error': {
      const { value, ...did } = applyMasks(asError(frame.message.error), masks, {
        ...{ place: errorPlace, side, context },
        ...(found && { found }),
      });
      const { message = '', data } = asObject(value);
      const { code } = frame.message.error;
      const error = { code, message: String(message), ...(data === undefined ? {} : { data }) };
      const masked = { ...frame.message, error };
      return { frame: { ...withoutSource(frame), message: masked } as Frame, ...did };
    }
  }
}

/** Where data sits in params or a result that an upstream sent, by what the gate has made of it. */
function placeOf(
  place: Place,
  { direction, kind }: Frame,
  body: JsonObject,
  { method, stopped }: FrameMasks,
): Place {
  if (direction === 'up') return place;
  const own = isToken(body.progressToken) ? place : withDataInToken(place);
  if (stopped) return withDataInMeta(own);
  const meta = metaOf(body);
  return withNeededMeta(own, {
    progress: kind === 'request' && isToken(meta.progressToken),
    subscription: method === 'subscriptions/listen' && isToken(meta[metaKeys.subscriptionId]),
  });
}

function withParams(frame: RequestFrame | NotificationFrame, params: JsonObject): Frame {
  return { ...withoutSource(frame), message: { ...frame.message, params } } as Frame;
}

/** Once content was looked into, what leaves is written anew: it has the one reading that was masked. */
function withoutSource({ source: _, ...rest }: Frame): Frame {
  return rest;
}

function asObject(value: Json): JsonObject {
  return isObject(value) ? value : {};
}

function asError({ code, message, data }: { code: number; message: string; data?: Json }): Json {
  return { code, message, ...(data === undefined ? {} : { data }) };
}
