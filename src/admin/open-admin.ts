import { resolve } from 'node:path';
import type { Authenticator } from '../auth/contract.ts';
import { OidcAuthenticator } from '../auth/oidc.ts';
import type { PolicyOrigin } from '../config/policy-origin.ts';
import { PushedOrigin } from '../config/pushed/pushed-origin.ts';
import { PushedPolicies } from '../config/pushed/pushed-policies.ts';
import type { LivePolicies } from '../config/reload.ts';
import type { AdminConfig } from '../config/schema.ts';
import type { Clock, Log } from '../model/seams.ts';
import type { MaskCounts } from '../pipeline/mask-counts.ts';
import type { GateFigures } from '../pipeline/relay.ts';
import type { RuleCount } from '../pipeline/rule-counts.ts';
import { Access } from './access.ts';
import { AdminServer } from './admin-server.ts';
import { metricRoutes } from './metrics.ts';
import { policyRoutes } from './policies.ts';

export interface AdminOptions {
  readonly config: AdminConfig;
  /** Folder that relative paths of the configuration start from. */
  readonly base: string;
  /** Tells callers apart by the issuers of the gate; it is asked for once the address is known. */
  readonly authenticator: (publicUrl: () => string, clock: Clock) => Authenticator;
  readonly live: LivePolicies;
  readonly origin: PolicyOrigin;
  /** What rules have done since the gate started, by their id. */
  readonly counts: () => ReadonlyMap<string, RuleCount>;
  /** What masks have found since the gate started. */
  readonly maskCounts: Pick<MaskCounts, 'counts' | 'messages'>;
  /** What goes on now. */
  readonly figures: () => GateFigures;
  readonly stopping: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Puts the admin API together; whoever does so has it listen, and closes it. */
export function openAdmin(options: AdminOptions): AdminServer {
  const { config, base, live, origin, clock, log, counts, stopping } = options;
  const { maskCounts, figures } = options;
  const { listen, public_url, issuers, roles } = config;
  const { tls } = listen;
  const named = public_url?.replace(/\/+$/, '');
  // A free port is known only once it listens.
  const url = (): string => named ?? server.url;
  const authenticator =
    issuers.length > 0
      ? new OidcAuthenticator({ issuers, publicUrl: url, clock, log })
      : options.authenticator(url, clock);
  const revision = () => live.inForce?.snapshot.revision;
  const pushed =
    origin instanceof PushedOrigin ? new PushedPolicies(live, origin, clock) : undefined;
  const server: AdminServer = new AdminServer({
    ...{ host: listen.host, port: listen.port, roles, stopping, log },
    tls: tls && { cert: resolve(base, tls.cert), key: resolve(base, tls.key), log },
    origin: { origins: [], hosts: named === undefined ? [] : [new URL(named).host.toLowerCase()] },
    access: new Access({ authenticator, url, exact: issuers.length === 0 }),
    routes: [
      ...policyRoutes({ live, pushed, counts, log }),
      ...metricRoutes({ counts, maskCounts, figures, revision }),
    ],
    revision,
  });
  return server;
}
