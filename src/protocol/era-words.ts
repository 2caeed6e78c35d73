import { isObject, type Json, type JsonObject, member } from '../model/json.ts';
import { rpcCodes } from './jsonrpc.ts';
import { metaKeys } from './meta.ts';
import { type Era, isSessionRevision, isStatelessRevision } from './revisions.ts';

/** The extension that took the place of the tasks of 2025-11-25 (2026-07-28, changelog). */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';
/** `resultType` of what is all there is to say, and of what asks for more first (2026-07-28). */
export const resultTypes = { complete: 'complete', inputRequired: 'input_required' } as const;
/** MCP 2025-11-25: the user must visit an URL before the request can be served. */
export const URL_ELICITATION_REQUIRED = -32042;

const cacheable = new Set([
  'server/discover',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
]);
const asking = new Set(['tools/call', 'prompts/get', 'resources/read']);
/** RFC 5424, from the most talkative to the most silent. */
const levels = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];
const envelopeKeys: readonly string[] = [
  metaKeys.version,
  metaKeys.clientInfo,
  metaKeys.clientCapabilities,
  metaKeys.logLevel,
];

/** True of methods whose results say how long they may be kept (2026-07-28, caching). */
export function isCacheable(method: string): boolean {
  return cacheable.has(method);
}

/** True of methods that may be answered by questions (2026-07-28, multi round-trip requests). */
export function mayAsk(method: string): boolean {
  return asking.has(method);
}

/** How severe a log level is, from 0; undefined for what is none. */
export function severityOf(level: Json | undefined): number | undefined {
  const severity = typeof level === 'string' ? levels.indexOf(level) : -1;
  return severity === -1 ? undefined : severity;
}

/** A copy without some members; the object itself where it has none of them. */
export function without(object: JsonObject, keys: readonly string[]): JsonObject {
  if (!keys.some((key) => Object.hasOwn(object, key))) return object;
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** `_meta` of a stateless-era request without what only that era has; trace context and the like stay. */
export function withoutEnvelope(meta: JsonObject): JsonObject {
  return without(meta, envelopeKeys);
}

/** Capabilities of a client or a server as the other era has them: the two eras have different tasks. */
export function acrossEras(capabilities: JsonObject): JsonObject {
  const { extensions, ...rest } = without(capabilities, ['tasks']);
  if (!isObject(extensions)) return rest;
  const kept = without(extensions, [TASKS_EXTENSION]);
  return Object.keys(kept).length === 0 ? rest : { ...rest, extensions: kept };
}

/** The capability that a client lacks for a question; undefined where it may be asked. */
export function lackingFor(
  method: string,
  params: JsonObject,
  capabilities: JsonObject,
): string | undefined {
  const { roots, sampling, elicitation } = capabilities;
  switch (method) {
    case 'roots/list':
      return isObject(roots) ? undefined : 'roots';
    case 'sampling/createMessage': {
      if (!isObject(sampling)) return 'sampling';
      const usesTools = params.tools !== undefined || params.toolChoice !== undefined;
      return usesTools && !isObject(sampling.tools) ? 'sampling.tools' : undefined;
    }
    case 'elicitation/create': {
      if (!isObject(elicitation)) return 'elicitation';
      const hasUrl = isObject(elicitation.url);
      if (params.mode === 'url') return hasUrl ? undefined : 'elicitation.url';
      // An empty object stands for forms (2025-11-25, elicitation, capabilities).
      return isObject(elicitation.form) || !hasUrl ? undefined : 'elicitation.form';
    }
    default:
      return method;
  }
}

/** The era that a DiscoverResult speaks for; undefined for what is none. */
export function eraOfDiscovery(result: JsonObject): Era | undefined {
  const versions = member(result, 'supportedVersions');
  return Array.isArray(versions) ? eraOfVersions(versions) : undefined;
}

/** The era that an error speaks for where only newer servers give such (2026-07-28, versioning). */
export function eraOfError(code: number, data: Json | undefined): Era | undefined {
  if (code === rpcCodes.headerMismatch || code === rpcCodes.missingCapability) return 'stateless';
  if (code !== rpcCodes.unsupportedVersion || !isObject(data)) return undefined;
  return Array.isArray(data.supported) ? eraOfVersions(data.supported) : undefined;
}

/** Whoever names versions in a list is new; whoever names none but old ones still is to be spoken to as of old. */
function eraOfVersions(versions: readonly Json[]): Era {
  const named = versions.filter((version) => typeof version === 'string');
  if (named.some(isStatelessRevision)) return 'stateless';
  return named.some(isSessionRevision) ? 'session' : 'stateless';
}
