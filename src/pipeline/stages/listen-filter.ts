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

/** Items of one list of a filter: each is judged at once. */
const MAX_ITEMS = 1_024;
/** Members of a filter; revisions know five. */
const MAX_MEMBERS = 32;
/** Characters of a member that is none of the lists the gate reads, name and value. */
const MAX_SIZE = 65_536;
/** Their items are judged one by one. */
const READ: readonly string[] = ['resourceSubscriptions', 'taskIds'];

/** A resource has no annotations, so what tools have said doesn't matter. */
const NO_TOOLS = new ToolCatalog();

/**
 * Takes off what a client wants to hear of (2026-07-28, `subscriptions/listen`) and may not: resources that it could
 * not subscribe to in the session era, changes of lists that are always empty for it, and what is too much of a kind.
 */
export function narrowFilter(frame: RequestFrame, exchange: Exchange): RequestFrame {
  const wanted = frame.message.params?.notifications;
  if (!isObject(wanted)) return frame;
  const rights = new Rights(exchange);
  const members = Object.entries(wanted);
  const kept = members.slice(0, MAX_MEMBERS).flatMap(([name, before]) => {
    const after = narrow(name, before, exchange, rights);
    return after === undefined ? [] : [{ name, before, after }];
  });
  const items = kept.map(({ before, after }) => lengthOf(before) - lengthOf(after));
  const count = items.reduce((sum, removed) => sum + removed, members.length - kept.length);
  if (count === 0 && kept.every(({ before, after }) => before === after)) return frame;
  exchange.note('masked', { what: 'notifications (pruned)', count });
  const notifications = Object.fromEntries(
    kept.map(({ name, after }) => [name, after]),
  ) as JsonObject;
  const { source: _, ...changed } = frame;
  const params = { ...frame.message.params, notifications };
  return { ...changed, message: { ...frame.message, params } };
}

/** What is left of a member; undefined for nothing. */
function narrow(name: string, value: Json, exchange: Exchange, rights: Rights): Json | undefined {
  const kind = Object.hasOwn(kinds, name) ? kinds[name as keyof typeof kinds] : undefined;
  if (kind !== undefined && !rights.may(kind)) return undefined;
  const listed = isList(value) && value.length > MAX_ITEMS ? value.slice(0, MAX_ITEMS) : value;
  if (!READ.includes(name) && name.length + JSON.stringify(listed).length > MAX_SIZE) {
    return undefined;
  }
  if (name !== 'resourceSubscriptions') return listed;
  // What should be a list and is none might be read as one elsewhere.
  if (!isList(listed)) return [];
  const readable = listed.filter((uri) => mayHear(uri, exchange));
  return readable.length === listed.length ? listed : readable;
}

function lengthOf(value: Json): number {
  return isList(value) ? value.length : 0;
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
