import { isObject, type Json, type JsonObject, withMember } from '../../../model/json.ts';
import type { NotificationFrame, RequestFrame } from '../../../model/message.ts';
import { digestOf } from '../../../protocol/canonical.ts';
import {
  acrossEras,
  isCacheable,
  resultTypes,
  severityOf,
  without,
  withoutEnvelope,
} from '../../../protocol/era-words.ts';
import { rpcCodes } from '../../../protocol/jsonrpc.ts';
import { metaKeys, metaOf } from '../../../protocol/meta.ts';
import { LATEST_SESSION, LATEST_STATELESS } from '../../../protocol/revisions.ts';
import { type RpcError, requestUp, rpcError } from '../frames.ts';

/** What a stateless client says of itself with a request. */
export interface ClientOffer {
  readonly info: JsonObject;
  readonly capabilities: JsonObject;
}

/** Methods of the session era that the stateless era has not, and what took their place. */
const replaced: Readonly<Record<string, string>> = {
  initialize: 'there are no sessions to begin',
  ping: 'it was removed',
  'logging/setLevel': `name the level in _meta["${metaKeys.logLevel}"]`,
  'resources/subscribe': 'use subscriptions/listen',
  'resources/unsubscribe': 'use subscriptions/listen',
};

export function clientOffer(params: JsonObject | undefined): ClientOffer {
  const meta = metaOf(params);
  const info = meta[metaKeys.clientInfo];
  const capabilities = meta[metaKeys.clientCapabilities];
  return {
    info: isObject(info) ? info : { name: 'unknown', version: 'unknown' },
    capabilities: isObject(capabilities) ? acrossEras(capabilities) : {},
  };
}

/** What begins a session in the name of a stateless client. */
export function initializeParams({ info, capabilities }: ClientOffer): JsonObject {
  return { protocolVersion: LATEST_SESSION, capabilities, clientInfo: info };
}

/**
 * A client's request as the upstream knows requests. Where it asks for progress, its id on the wire is the token.
 *
 * @param id used for no other request
 */
export function requestOf({ message: { method, params } }: RequestFrame, id: number): RequestFrame {
  if (!params) return requestUp(id, method);
  const meta = withoutEnvelope(metaOf(params));
  const named = meta.progressToken === undefined ? meta : { ...meta, progressToken: id };
  const bare = without(params, ['_meta', 'inputResponses', 'requestState']);
  const _meta = Object.keys(named).length > 0 ? { _meta: named } : {};
  return requestUp(id, method, { ...bare, ..._meta });
}

/** A result as a stateless client understands it. */
export function resultOf(method: string, result: JsonObject, serverInfo: Json | undefined) {
  const hints = isCacheable(method) ? { ttlMs: 0, cacheScope: 'private' } : {};
  return tagged({ ...result, ...hints, resultType: resultTypes.complete }, serverInfo);
}

/** A result that says whose it is. */
export function tagged(result: JsonObject, serverInfo: Json | undefined): JsonObject {
  if (serverInfo === undefined) return result;
  return { ...result, _meta: { ...metaOf(result), [metaKeys.serverInfo]: serverInfo } };
}

/** An error as a stateless client understands it. */
export function errorOf(error: RpcError): RpcError {
  const isGone = error.code === rpcCodes.resourceNotFound;
  return isGone ? { ...error, code: rpcCodes.invalidParams } : error;
}

/** A DiscoverResult from what an upstream said to `initialize`. */
export function discoverResult(initialized: JsonObject): JsonObject {
  const { capabilities, instructions, serverInfo } = initialized;
  const result = {
    supportedVersions: [LATEST_STATELESS],
    capabilities: isObject(capabilities) ? acrossEras(capabilities) : {},
    ...(typeof instructions === 'string' ? { instructions } : {}),
    ...(isObject(initialized._meta) ? { _meta: initialized._meta } : {}),
  };
  return resultOf('server/discover', result, serverInfo);
}

/** A question of the upstream as an `InputRequest`: what only a session can follow up is left out. */
export function inputRequestOf(method: string, params: JsonObject | undefined): JsonObject {
  if (!params) return { method };
  const bare = without(params, ['elicitationId', 'task', '_meta']);
  const meta = without(metaOf(params), ['progressToken', metaKeys.relatedTask]);
  const _meta = Object.keys(meta).length > 0 ? { _meta: meta } : {};
  return { method, params: { ...bare, ..._meta } };
}

/** True of a log message as severe as a request wants (2026-07-28, logging: only those that ask get any). */
export function reaches(params: JsonObject | undefined, level: string | undefined): boolean {
  const [least, severity] = [severityOf(level), severityOf(params?.level)];
  return least !== undefined && severity !== undefined && severity >= least;
}

/**
 * Progress under the token of the client's request; undefined where it is not about that, or the client wants none.
 *
 * @param wireId what the upstream knows as the token
 */
export function progressFor(
  asked: RequestFrame,
  frame: NotificationFrame,
  wireId: number,
): NotificationFrame | undefined {
  const { params } = frame.message;
  const token = metaOf(asked.message.params).progressToken;
  if (!params || token === undefined || params.progressToken !== wireId) return undefined;
  const { source: _, ...bare } = frame;
  const named = withMember(params, 'progressToken', token);
  return { ...bare, message: { ...frame.message, params: named } };
}

/** Why a request of the stateless era can't be translated; undefined where it can. */
export function untranslatable({ message }: RequestFrame, name: string): RpcError | undefined {
  const { method, params } = message;
  if (method.startsWith('tasks/')) {
    const said = `${method} belongs to the tasks extension, which upstream "${name}" does not have`;
    return rpcError(rpcCodes.methodNotFound, `${said}: it speaks ${LATEST_SESSION} or older`);
  }
  if (params?.task !== undefined) {
    const said = `${LATEST_STATELESS} has no tasks of 2025-11-25`;
    return rpcError(rpcCodes.invalidParams, `${said}: send ${method} without "task"`);
  }
  const instead = Object.hasOwn(replaced, method) ? replaced[method] : undefined;
  if (instead === undefined) return undefined;
  const said = `${LATEST_STATELESS} has no ${method}: ${instead}`;
  return rpcError(rpcCodes.methodNotFound, said);
}

/** What a request is about, so that another can't go on with its call. */
export function targetOf({ message: { method, params } }: RequestFrame): string {
  const { name = null, uri = null, arguments: args = null } = params ?? {};
  return digestOf([method, name, uri, args]);
}
