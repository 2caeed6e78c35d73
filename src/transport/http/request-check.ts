import type { IncomingHttpHeaders } from 'node:http';
import { GateError } from '../../model/errors.ts';
import { isLoopback } from '../../model/loopback.ts';
import { accepts, headers, JSON_TYPE, SSE_TYPE } from '../../protocol/headers.ts';
import { isSessionRevision, isStatelessRevision } from '../../protocol/revisions.ts';

export interface OriginRules {
  /** Origins of browser clients that may call. */
  readonly origins: readonly string[];
  /** Host names, beside loopback, under which the gate is called; without port any port. */
  readonly hosts: readonly string[];
}

/**
 * Refuses requests that a web page tricks a browser into (DNS rebinding; MCP 2025-06-18, transports, security
 * warning).
 *
 * @throws GateError HTTP_ORIGIN, HTTP_HOST
 */
export function checkOrigin(head: IncomingHttpHeaders, { origins, hosts }: OriginRules): void {
  const { origin, host = '' } = head;
  if (!isKnownHost(host.toLowerCase(), hosts)) {
    const hint = 'set public_url, or add it to allowed_hosts';
    throw new GateError('HTTP_HOST', 'the Host header is none of the gate', { hint });
  }
  if (origin !== undefined && !origins.includes(origin)) {
    const hint = 'add it to allowed_origins if browsers may call from there';
    throw new GateError('HTTP_ORIGIN', 'the Origin header is not allowed', { hint });
  }
}

function isKnownHost(host: string, hosts: readonly string[]): boolean {
  const name = host.replace(/:\d+$/, '');
  return isLoopback(name) || hosts.includes(host) || hosts.includes(name);
}

/** The Accept header that was last found fit: clients send the same one with every request. */
let fitAccept: string | undefined;

/** @throws GateError HTTP_ACCEPT */
export function checkPost(head: IncomingHttpHeaders): void {
  if (head.accept === undefined || head.accept !== fitAccept) checkAccept(head);
  fitAccept = head.accept;
}

function checkAccept(head: IncomingHttpHeaders): void {
  if (!accepts(head.accept, JSON_TYPE) || !accepts(head.accept, SSE_TYPE)) {
    const hint = `send "Accept: ${JSON_TYPE}, ${SSE_TYPE}"`;
    throw new GateError('HTTP_ACCEPT', 'the answer may be JSON or a stream of events', { hint });
  }
}

/** @throws GateError HTTP_ACCEPT, HTTP_PROTOCOL_VERSION */
export function checkGet(head: IncomingHttpHeaders): void {
  if (!accepts(head.accept, SSE_TYPE)) {
    const hint = `send "Accept: ${SSE_TYPE}"`;
    throw new GateError('HTTP_ACCEPT', 'the answer is a stream of events', { hint });
  }
  checkVersion(head);
}

/** @throws GateError HTTP_PROTOCOL_VERSION */
export function checkVersion(head: IncomingHttpHeaders): void {
  const version = headerText(head, headers.version);
  if (version === undefined || isSessionRevision(version) || isStatelessRevision(version)) return;
  throw new GateError('HTTP_PROTOCOL_VERSION', 'the MCP-Protocol-Version is not supported');
}

/** The value of a header that comes once. */
export function headerText(head: IncomingHttpHeaders, name: string): string | undefined {
  const value = head[name];
  return Array.isArray(value) ? value[0] : value;
}
