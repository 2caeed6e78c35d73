import type { Conduit } from '../../pipeline/conduit.ts';
import type { Sessions } from '../../pipeline/sessions.ts';
import type { FrameLimits } from '../../protocol/jsonrpc.ts';
import { type Endpoint, McpEndpoint, type Reject } from './endpoint.ts';
import { EventStore } from './event-store.ts';
import { KeepAlive } from './keep-alive.ts';
import { LegacyEndpoint } from './legacy-endpoint.ts';
import type { Resumable } from './resumable.ts';
import { SessionEndpoint } from './session-endpoint.ts';
import { StatelessEndpoint, type StatelessEndpointOptions } from './stateless-endpoint.ts';

export interface EndpointsOptions {
  /** The way to the one upstream that a path names. */
  readonly relay: Conduit;
  /** The way to all of them at once. */
  readonly union: Conduit;
  readonly sessions: Sessions;
  readonly limits: FrameLimits;
  /** Most HTTP+SSE connections at a time, and of one caller. */
  readonly connections: number;
  readonly callerConnections: number;
  readonly toolHeaders: StatelessEndpointOptions['toolHeaders'];
  readonly reject: Reject;
  /** The path of the public URL, before that of an endpoint; without a slash at its end. */
  readonly prefix: string;
}

/** What is served under which path: one upstream under `mcp/` and `sse/`, all of them under `mcp` and `sse`. */
export function endpointsOf(options: EndpointsOptions): Readonly<Record<string, Endpoint>> {
  const { relay, union, toolHeaders, ...common } = options;
  const keepAlive = new KeepAlive();
  const events = new EventStore<Resumable>();
  const mcp = (conduit: Conduit) =>
    new McpEndpoint({
      ...common,
      session: new SessionEndpoint({ ...common, relay: conduit, keepAlive, events }),
      stateless: new StatelessEndpoint({ relay: conduit, keepAlive, toolHeaders }),
    });
  const sse = (conduit: Conduit) => new LegacyEndpoint({ ...common, relay: conduit, keepAlive });
  return { 'mcp/': mcp(relay), mcp: mcp(union), 'sse/': sse(relay), sse: sse(union) };
}
