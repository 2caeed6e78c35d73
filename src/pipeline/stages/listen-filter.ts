import { isList, isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { RequestFrame } from '../../model/message.ts';
import { ToolCatalog } from '../catalog.ts';
import type { Exchange } from '../exchange.ts';
import { Rights } from '../rights.ts';
import { decideMessage } from './decide.ts';
import { screen } from './screen.ts';

/** Lists whose changes a client can ask to hear of, and the right that makes them worth knowing. */
const kinds = {
  toolsListChanged: 'tools',
  resourcesListChanged: 'resources',
  promptsListChanged: 'prompts',
} as const;

/** A resource has no annotations, so what tools have said doesn't matter. */
const NO_TOOLS = new ToolCatalog();

/**
 * Takes off what a client wants to hear of (2026-07-28, `subscriptions/listen`) and may not: resources that it could
 * not subscribe to in the session era, and changes of lists that are always empty for it.
 */
export function narrowFilter(frame: RequestFrame, exchange: Exchange): RequestFrame {
  const wanted = frame.message.params?.notifications;
  if (!isObject(wanted)) return frame;
  const rights = new Rights(exchange);
  const { resourceSubscriptions: uris, ...rest } = wanted;
  const kept = Object.entries(rest).filter(([name]) => {
    const kind = Object.hasOwn(kinds, name) ? kinds[name as keyof typeof kinds] : undefined;
    return kind === undefined || rights.may(kind);
  });
  // What should be a list and is none might be read as one elsewhere.
  const asked = isList(uris) ? uris : [];
  const readable = asked.filter((uri) => mayHear(uri, exchange));
  const count = Object.keys(rest).length - kept.length + asked.length - readable.length;
  if (count === 0 && (uris === undefined || isList(uris))) return frame;
  exchange.note('masked', { what: 'notifications (pruned)', count });
  const notifications: JsonObject = {
    ...Object.fromEntries(kept),
    ...(uris !== undefined ? { resourceSubscriptions: readable } : {}),
  };
  const { source: _, ...changed } = frame;
  const params = { ...frame.message.params, notifications };
  return { ...changed, message: { ...frame.message, params } };
}

/** Judged as if the client subscribed to it by a request of its own (2025-11-25, resources, subscriptions). */
function mayHear(uri: Json, exchange: Exchange): boolean {
  const { policies } = exchange.snapshot;
  if (typeof uri !== 'string' || !policies) return false;
  const message = {
    jsonrpc: '2.0',
    id: 0,
    method: 'resources/subscribe',
    params: { uri },
  } as const;
  const subscribe: RequestFrame = { kind: 'request', direction: 'up', message };
  const screened = screen(subscribe, exchange);
  if (screened instanceof Promise || screened.kind !== 'forward') return false;
  return decideMessage(subscribe, exchange, policies, NO_TOOLS).effect === 'allow';
}
