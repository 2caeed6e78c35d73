import { resolve } from 'node:path';
import type { Config } from '../config/schema.ts';
import type { Relay } from '../pipeline/relay.ts';
import { type EndpointsOptions, endpointsOf } from '../transport/http/endpoints.ts';
import { Listener } from '../transport/http/listener.ts';
import { clock, type DaemonOptions } from './daemon-options.ts';

/** What is served. */
export type Served = Pick<
  EndpointsOptions,
  'relay' | 'union' | 'sessions' | 'reject' | 'toolHeaders'
> & {
  readonly relay: Relay;
  readonly upstreams: readonly string[];
};

/** Where clients connect; whoever asks for it has it listen, and closes it. */
export function listenerOf(
  { config, base, log, authenticator }: DaemonOptions,
  served: Served,
): Listener {
  const { listen, limits, allowed_origins, public_url } = config;
  const { tls, compression } = listen;
  const named = public_url?.replace(/\/+$/, '');
  const listener: Listener = new Listener({
    ...{ host: listen.host, port: listen.port, trustedProxies: listen.trusted_proxies },
    tls: tls && { cert: resolve(base, tls.cert), key: resolve(base, tls.key), log },
    compression,
    origin: { origins: allowed_origins, hosts: knownHosts(config) },
    // A free port is known only once the gate listens.
    authenticator: authenticator(() => named ?? listener.url, clock),
    bodyLimit: limits.message,
    ...{ upstreams: served.upstreams, reject: served.reject },
    stopping: () => served.relay.stopping,
    endpoints: endpointsOf({
      ...served,
      limits: { bytes: limits.message, depth: limits.depth },
      connections: limits.sessions,
      callerConnections: limits.caller_sessions,
      prefix: new URL(public_url ?? 'http://localhost').pathname.replace(/\/+$/, ''),
    }),
  });
  return listener;
}

/** Host names under which clients may call, beside loopback. */
function knownHosts({ public_url, allowed_hosts }: Config): string[] {
  const own = public_url === undefined ? [] : [new URL(public_url).host];
  return [...own, ...allowed_hosts].map((host) => host.toLowerCase());
}
