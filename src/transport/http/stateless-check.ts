import type { IncomingHttpHeaders } from 'node:http';
import { GateError } from '../../model/errors.ts';
import { isObject, member, textMember } from '../../model/json.ts';
import type { RequestFrame } from '../../model/message.ts';
import { decodeHeader, headers } from '../../protocol/headers.ts';
import { metaKeys, metaOf } from '../../protocol/meta.ts';
import { nameOf } from '../../protocol/request-headers.ts';
import { isStatelessRevision } from '../../protocol/revisions.ts';
import { mismatchedParam, type ToolHeader } from '../../protocol/tool-headers.ts';
import { headerText } from './request-check.ts';

/** What only sessions have; in this era nobody can answer it (2026-07-28, changelog). */
const SESSION_METHODS = new Set([
  ...['initialize', 'ping', 'logging/setLevel', 'tasks/list', 'tasks/result'],
  ...['resources/subscribe', 'resources/unsubscribe'],
]);

/**
 * Refuses a stateless-era request whose headers don't say what its body says (2026-07-28, transports, server
 * validation): others on its way may have trusted them.
 *
 * @throws GateError META_INVALID, HEADER_MISMATCH, HTTP_PROTOCOL_VERSION, METHOD_UNKNOWN
 */
export function checkRequest(head: IncomingHttpHeaders, { message }: RequestFrame): void {
  const { method, params } = message;
  const meta = metaOf(params);
  const version = textMember(meta, metaKeys.version);
  if (version === undefined) throw lacks(metaKeys.version);
  if (headerText(head, headers.version) !== version) throw mismatch('MCP-Protocol-Version');
  if (!isStatelessRevision(version)) {
    throw new GateError('HTTP_PROTOCOL_VERSION', 'the revision is not supported');
  }
  if (!isObject(member(meta, metaKeys.clientCapabilities))) {
    throw lacks(metaKeys.clientCapabilities);
  }
  if (headerText(head, headers.method) !== method) throw mismatch('Mcp-Method');
  const name = nameOf(method, params);
  const said = headerText(head, headers.name);
  if (name !== undefined && (said === undefined || decodeHeader(said) !== name)) {
    throw mismatch('Mcp-Name');
  }
  if (SESSION_METHODS.has(method)) {
    throw new GateError('METHOD_UNKNOWN', `revision ${version} has no ${method}`);
  }
}

/**
 * The same for headers that repeat arguments of a tool.
 *
 * @throws GateError HEADER_MISMATCH
 */
export function checkParams(
  head: IncomingHttpHeaders,
  { message }: RequestFrame,
  known: readonly ToolHeader[],
): void {
  if (known.length === 0) return;
  const sent = (header: string) => headerText(head, header);
  const wrong = mismatchedParam(known, message.params?.arguments, sent);
  if (wrong !== undefined) throw mismatch(wrong);
}

function mismatch(header: string): GateError {
  const hint = `send ${header} as the body has it; tools/list tells which arguments need a header`;
  const message = `the header ${header} is missing, malformed or not what the body says`;
  return new GateError('HEADER_MISMATCH', message, header.startsWith('mcp-param') ? { hint } : {});
}

function lacks(key: string): GateError {
  const hint = `every request of this revision says ${metaKeys.version} and ${metaKeys.clientCapabilities}`;
  return new GateError('META_INVALID', `_meta lacks ${key}`, { hint });
}
