import { isList, isObject, type Json, type JsonObject, textMember } from '../../../model/json.ts';
import type { RequestFrame, RequestId } from '../../../model/message.ts';
import { acrossEras, isCacheable, without, withoutEnvelope } from '../../../protocol/era-words.ts';
import { rpcCodes } from '../../../protocol/jsonrpc.ts';
import { metaKeys, metaOf } from '../../../protocol/meta.ts';
import { LATEST_STATELESS, sessionRevisionFor } from '../../../protocol/revisions.ts';
import { type RpcError, requestUp, rpcError } from '../frames.ts';
import type { ClientFacts } from './session-id.ts';

/** What `initialize` says of a client, in the words of both eras. */
export function clientFacts(params: JsonObject | undefined): ClientFacts {
  const asked = textMember(params, 'protocolVersion') ?? '';
  const { capabilities, clientInfo } = params ?? {};
  return {
    protocol: sessionRevisionFor(asked),
    info: isObject(clientInfo) ? clientInfo : undefined,
    capabilities: isObject(capabilities) ? clientCapabilities(capabilities) : {},
  };
}

/** Roots have no changes to tell of in the stateless era. */
function clientCapabilities(capabilities: JsonObject): JsonObject {
  const across = acrossEras(capabilities);
  return isObject(across.roots)
    ? { ...across, roots: without(across.roots, ['listChanged']) }
    : across;
}

/** What each request says of its client (2026-07-28, basic, `_meta`). */
export function envelopeOf({ info, capabilities }: ClientFacts, level?: string): JsonObject {
  return {
    [metaKeys.version]: LATEST_STATELESS,
    ...(info && { [metaKeys.clientInfo]: info }),
    [metaKeys.clientCapabilities]: capabilities,
    ...(level === undefined ? {} : { [metaKeys.logLevel]: level }),
  };
}

/**
 * A client's request as the upstream knows requests.
 *
 * @param more what the upstream had asked for
 */
export function requestOf(
  { message: { method, params } }: RequestFrame,
  id: RequestId,
  envelope: JsonObject,
  more: JsonObject = {},
): RequestFrame {
  const bare = without(params ?? {}, ['inputResponses', 'requestState']);
  const _meta = { ...withoutEnvelope(metaOf(params)), ...envelope };
  return requestUp(id, method, { ...bare, ...more, _meta });
}

/** A DiscoverResult as an InitializeResult; undefined where it is no DiscoverResult. */
export function initializeResult(
  discovered: JsonObject,
  { protocol }: ClientFacts,
): JsonObject | undefined {
  const { capabilities, instructions } = discovered;
  if (!isObject(capabilities)) return undefined;
  const info = metaOf(discovered)[metaKeys.serverInfo];
  const meta = without(metaOf(discovered), [metaKeys.serverInfo]);
  return {
    protocolVersion: protocol,
    capabilities: acrossEras(capabilities),
    serverInfo: isObject(info) ? info : { name: 'unknown', version: 'unknown' },
    ...(typeof instructions === 'string' ? { instructions } : {}),
    ...(Object.keys(meta).length > 0 ? { _meta: meta } : {}),
  };
}

/** A complete result without what only the stateless era has. */
export function resultOf(method: string, result: JsonObject): JsonObject {
  const own = isCacheable(method) ? ['resultType', 'ttlMs', 'cacheScope'] : ['resultType'];
  const bare = withoutServerInfo(without(result, own));
  if (method === 'tools/list') return withOldSchemas(bare);
  return method === 'tools/call' && !isObject(bare.structuredContent)
    ? without(bare, ['structuredContent'])
    : bare;
}

function withoutServerInfo(result: JsonObject): JsonObject {
  const meta = metaOf(result);
  if (!Object.hasOwn(meta, metaKeys.serverInfo)) return result;
  const rest = without(meta, [metaKeys.serverInfo]);
  const bare = without(result, ['_meta']);
  return Object.keys(rest).length === 0 ? bare : { ...bare, _meta: rest };
}

/** Structured content was an object until 2025-11-25, and clients refuse a list whose schemas say otherwise. */
function withOldSchemas(result: JsonObject): JsonObject {
  if (!isList(result.tools)) return result;
  const tools = result.tools.map((tool) => {
    if (!isObject(tool) || tool.outputSchema === undefined) return tool;
    const { outputSchema } = tool;
    const fits = isObject(outputSchema) && outputSchema.type === 'object';
    return fits ? tool : without(tool, ['outputSchema']);
  });
  return { ...result, tools };
}

/** An error as a session-era client understands it. */
export function errorOf(method: string, error: RpcError): RpcError {
  const { code, message, data } = error;
  switch (code) {
    case rpcCodes.invalidParams:
      return method === 'resources/read' ? { ...error, code: rpcCodes.resourceNotFound } : error;
    case rpcCodes.missingCapability:
      return rpcError(rpcCodes.invalidRequest, lacking(message, data), data);
    case rpcCodes.unsupportedVersion:
    case rpcCodes.headerMismatch: {
      const said = `the upstream did not accept the request that the gate made of this: ${message}`;
      return rpcError(rpcCodes.internal, said, data);
    }
    default:
      return error;
  }
}

function lacking(message: string, data: Json | undefined): string {
  const required = isObject(data) ? data.requiredCapabilities : undefined;
  const names = isObject(required) ? Object.keys(required).join(', ') : '';
  const which = names === '' ? 'a capability' : `the capability ${names}`;
  return `the upstream needs ${which}, which this client did not declare: ${message}`;
}

/** Why a request of the session era can't be translated; undefined where it can. */
export function untranslatable({ message }: RequestFrame, name: string): RpcError | undefined {
  const { method, params } = message;
  if (method.startsWith('tasks/')) {
    const said = `${method} is about tasks of 2025-11-25, which upstream "${name}" does not have`;
    return rpcError(rpcCodes.methodNotFound, `${said}: it speaks ${LATEST_STATELESS}`);
  }
  if (params?.task !== undefined) {
    const said = `upstream "${name}" speaks ${LATEST_STATELESS}, which has no tasks of 2025-11-25`;
    return rpcError(rpcCodes.invalidParams, `${said}: send ${method} without "task"`);
  }
  if (
    method === 'initialize' ||
    method === 'server/discover' ||
    method.startsWith('subscriptions/')
  ) {
    return rpcError(rpcCodes.methodNotFound, `${method} is not a method within a session`);
  }
  return undefined;
}
