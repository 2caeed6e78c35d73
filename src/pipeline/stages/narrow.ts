import { isObject, type Json, type JsonObject, withMember } from '../../model/json.ts';
import type { RequestFrame, ResultFrame } from '../../model/message.ts';
import { metaKeys, metaOf } from '../../protocol/meta.ts';
import { ToolCatalog } from '../catalog.ts';
import { forward, type Stage } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import { Rights } from '../rights.ts';
import { clientOffers, type Narrowed, serverOffers } from './capabilities.ts';
import { decideMessage } from './decide.ts';
import { narrowFilter } from './listen-filter.ts';

/** A level has no annotations, so what tools have said doesn't matter. */
const NO_TOOLS = new ToolCatalog();

/**
 * Takes off what a client offers to upstreams, as far as policy can never let them use it: an upstream that knows so
 * doesn't ask. The client says it in `initialize`, or with each request (2026-07-28).
 */
export const narrowOffers: Stage = (frame, exchange) => {
  if (frame.kind !== 'request' || frame.direction !== 'up') return forward(frame);
  const { method, params } = frame.message;
  if (method === 'initialize') return forward(narrowParams(frame, exchange));
  const filtered = method === 'subscriptions/listen' ? narrowFilter(frame, exchange) : frame;
  const before = metaOf(params);
  const rights = new Rights(exchange);
  const meta = withinLevel(narrowMeta(before, rights, exchange), exchange);
  return forward(meta === before ? filtered : withParam(filtered, '_meta', meta));
};

function narrowMeta(meta: JsonObject, rights: Rights, exchange: Exchange): JsonObject {
  const offered = meta[metaKeys.clientCapabilities];
  if (!isObject(offered)) return meta;
  const { value, count } = clientOffers(offered, rights);
  if (count === 0) return meta;
  note(exchange, count);
  return withMember(meta, metaKeys.clientCapabilities, value);
}

/** A level that comes with a request (2026-07-28) needs the right to set one. */
function withinLevel(meta: JsonObject, exchange: Exchange): JsonObject {
  const { [metaKeys.logLevel]: level, ...rest } = meta;
  if (level === undefined || maySet(level, exchange)) return meta;
  exchange.note('masked', { what: 'log level (not allowed)', count: 1 });
  return rest;
}

/** Judged as if the client set it by a request of its own (2025-11-25, logging). */
function maySet(level: Json, exchange: Exchange): boolean {
  const { policies } = exchange.snapshot;
  if (!policies) return false;
  const message = {
    jsonrpc: '2.0',
    id: 0,
    method: 'logging/setLevel',
    params: { level },
  } as const;
  const set: RequestFrame = { kind: 'request', direction: 'up', message };
  return decideMessage(set, exchange, policies, NO_TOOLS).effect === 'allow';
}

/** Takes off what upstreams offer to clients, as far as policy can never let them use it. */
export const narrowAnswers: Stage = (frame, exchange) => {
  const offers = exchange.method === 'initialize' || exchange.method === 'server/discover';
  if (!offers || frame.kind !== 'result' || frame.direction !== 'down') return forward(frame);
  const { capabilities } = frame.message.result;
  if (!isObject(capabilities)) return forward(frame);
  return forward(
    withCapabilities(frame, serverOffers(capabilities, new Rights(exchange)), exchange),
  );
};

function narrowParams(frame: RequestFrame, exchange: Exchange): RequestFrame {
  const offered = frame.message.params?.capabilities;
  if (!isObject(offered)) return frame;
  const { value, count } = clientOffers(offered, new Rights(exchange));
  if (count === 0) return frame;
  note(exchange, count);
  return withParam(frame, 'capabilities', value);
}

function withCapabilities(
  { source: _, ...frame }: ResultFrame,
  { value, count }: Narrowed,
  exchange: Exchange,
): ResultFrame {
  if (count > 0) note(exchange, count);
  const result = { ...frame.message.result, capabilities: value };
  return { ...frame, message: { ...frame.message, result } };
}

function withParam({ source: _, ...frame }: RequestFrame, key: string, value: Json): RequestFrame {
  const params: JsonObject = { ...frame.message.params, [key]: value };
  return { ...frame, message: { ...frame.message, params } };
}

function note(exchange: Exchange, count: number): void {
  exchange.note('masked', { what: 'capabilities (narrowed)', count });
}
