import { type ChangedPlaces, changedPlaces } from '../../mask/changed-places.ts';
import { applyMasks, type Masked, type MaskReport } from '../../mask/mask.ts';
import type { Place } from '../../mask/place.ts';
import {
  begunTaskPlace,
  errorPlace,
  isToken,
  paramsPlace,
  resultPlace,
  withDataInMeta,
  withDataInToken,
  withNeededMeta,
} from '../../mask/places.ts';
import type { MaskObligation } from '../../model/decision.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import {
  type Frame,
  frameText,
  type NotificationFrame,
  type RequestFrame,
} from '../../model/message.ts';
import { metaKeys, metaOf } from '../../protocol/meta.ts';
import { methodRow } from '../../protocol/methods.ts';
import type { ToolCatalog } from '../catalog.ts';
import { forward, type Stage } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import { decideMessage, refuse, union } from './decide.ts';
import { maskBody } from './mask-body.ts';

/** Applies the masks that the decision brought, to what goes up and to what comes back. */
export function mask(catalog: ToolCatalog): Stage {
  return (frame, exchange) => {
    const masks = masksFor(frame, exchange);
    const { parts } = exchange.carried;
    if (masks.length === 0 && parts.every((part) => !part.masks?.length)) return forward(frame);
    const { frame: masked, reports, tokens } = maskFrame(frame, exchange, masks);
    if (reports.length > 0) {
      const changed = changedIn(frame, masked);
      exchange.carried = { ...exchange.carried, masked: { reports, tokens, changed } };
      exchange.note('masked', { masks: reports.map(reportDetail), ...placesDetail(changed) });
    }
    const sent = masked.direction === 'up' && reports.length > 0 ? masked : undefined;
    return sent?.kind === 'request' ? judgeAgain(sent, exchange, catalog) : forward(masked);
  };
}

function masksFor(frame: Frame, { decision, passing }: Exchange): readonly MaskObligation[] {
  const own = decision?.masks ?? [];
  return passing === decision || !isOfServer(frame) ? own : union(own, passing?.masks);
}

function isOfServer({ direction, kind }: Frame): boolean {
  return direction === 'down' && (kind === 'request' || kind === 'notification');
}

/** A frame as it may be read. */
type Readable = Frame & {
  readonly source: string;
  /** Where masks have changed it. */
  readonly masked: ChangedPlaces;
};

/** A frame as it may be read in a transcript, with its text; undefined while nothing says what must be masked. */
export function readable(frame: Frame, exchange: Exchange): Readable | undefined {
  if (!exchange.decision || (isOfServer(frame) && !exchange.passing)) return undefined;
  try {
    const masks = masksFor(frame, exchange);
    const { parts } = exchange.carried;
    const asItIs = masks.length === 0 && parts.length === 0;
    const shown = asItIs ? frame : maskFrame(frame, exchange, masks, { stopped: true }).frame;
    return { ...shown, source: frameText(shown), masked: changedIn(frame, shown) };
  } catch {
    // What can't be masked can't be read.
    return undefined;
  }
}

function changedIn(before: Frame, after: Frame): ChangedPlaces {
  return changedPlaces(before.message as unknown as Json, after.message as unknown as Json);
}

/** What a transcript says of one mask; never a value. */
function reportDetail({ rule, what, masker, count, places }: MaskReport): JsonObject {
  return { rule, what, with: masker, count, ...(places.length > 0 ? { places } : {}) };
}

function placesDetail({ places, more }: ChangedPlaces): JsonObject {
  return { places, ...(more > 0 ? { more } : {}) };
}

interface MaskedFrame {
  readonly frame: Frame;
  readonly reports: Masked['reports'];
  readonly tokens: Masked['tokens'];
}

/**
 * A frame with masks applied, and what they did.
 *
 * @param options.stopped it goes nowhere, and is to be read as it came: what the gate has not made or judged is data.
 */
export function maskFrame(
  frame: Frame,
  exchange: Exchange,
  masks: readonly MaskObligation[],
  { stopped = false } = {},
): MaskedFrame {
  const side = frame.direction === 'up' ? 'args' : 'result';
  const { parts, begins } = exchange.carried;
  const context = exchange.masking;
  const asCame = stopped && frame.direction === 'down';
  switch (frame.kind) {
    case 'request':
    case 'notification': {
      const { method, params } = frame.message;
      if (!params) return { frame: withoutSource(frame), reports: [], tokens: [] };
      const key = methodRow(method).args;
      const base = side === 'args' && key !== undefined ? [key] : [];
      const place = placeOf(paramsPlace(method), frame, params, exchange, asCame);
      const how = { place, side, masks, base, parts, stopped, context } as const;
      const { value, ...did } = maskBody(params, how);
      return { frame: withParams(frame, asObject(value)), ...did };
    }
    case 'result': {
      const { result } = frame.message;
      const own = begins && !stopped ? begunTaskPlace : resultPlace(exchange.method);
      const place = placeOf(own, frame, result, exchange, asCame);
      const how = { place, side, masks, parts, stopped, context } as const;
      const { value, ...did } = maskBody(result, how);
      const message = { ...frame.message, result: asObject(value) };
      return { frame: { ...withoutSource(frame), message } as Frame, ...did };
    }
    case 'error': {
      const { value, ...did } = applyMasks(asError(frame.message.error), masks, {
        place: errorPlace,
        side,
        context,
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
  { method }: Exchange,
  asCame: boolean,
): Place {
  if (direction === 'up') return place;
  const own = isToken(body.progressToken) ? place : withDataInToken(place);
  if (asCame) return withDataInMeta(own);
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

/** A mask can change what a rule looks at, so what will be sent is judged as well. */
function judgeAgain(frame: RequestFrame, exchange: Exchange, catalog: ToolCatalog) {
  const { policies } = exchange.snapshot;
  const before = exchange.decision;
  if (!policies || !before) return forward(frame);
  const after = decideMessage(frame, exchange, policies, catalog);
  // Limits count what is sent.
  exchange.passing = after;
  if (after.effect === before.effect) return forward(frame);
  exchange.decision = { ...after, masks: before.masks };
  return after.effect === 'allow' ? forward(frame) : refuse(frame, exchange.decision, exchange);
}

function asObject(value: Json): JsonObject {
  return isObject(value) ? value : {};
}

function asError({ code, message, data }: { code: number; message: string; data?: Json }): Json {
  return { code, message, ...(data === undefined ? {} : { data }) };
}
