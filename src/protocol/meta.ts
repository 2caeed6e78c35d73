import {
  isObject,
  isRawNumber,
  type Json,
  type JsonObject,
  member,
  textMember,
} from '../model/json.ts';

const PREFIX = 'io.modelcontextprotocol/';

/** Members of `_meta` that the protocol itself defines (2026-07-28, basic, `_meta`). */
export const metaKeys = {
  version: `${PREFIX}protocolVersion`,
  clientCapabilities: `${PREFIX}clientCapabilities`,
  clientInfo: `${PREFIX}clientInfo`,
  logLevel: `${PREFIX}logLevel`,
  serverInfo: `${PREFIX}serverInfo`,
  subscriptionId: `${PREFIX}subscriptionId`,
  relatedTask: `${PREFIX}related-task`,
} as const;

/** `_meta` of params or of a result; empty where there is none. */
export function metaOf(holder: JsonObject | undefined): JsonObject {
  const meta = holder?._meta;
  return isObject(meta) ? meta : {};
}

/** The revision that a stateless-era request names; undefined for a request of the session era. */
export function versionIn(params: JsonObject | undefined): string | undefined {
  return textMember(metaOf(params), metaKeys.version);
}

/** The progress token of a `_meta`, or of a progress notification, as text that keeps a string and a number apart. */
export function progressTokenOf(holder: JsonObject): string | undefined {
  const token: Json | undefined = member(holder, 'progressToken');
  if (token === undefined) return undefined;
  const isToken = typeof token === 'string' || typeof token === 'number' || isRawNumber(token);
  return isToken ? JSON.stringify(token) : undefined;
}
