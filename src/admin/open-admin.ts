import { resolve } from 'node:path';
import type { Authenticator } from '../auth/contract.ts';
import type { IssuerOptions } from '../auth/issuer-options.ts';
import { OidcAuthenticator } from '../auth/oidc.ts';
import type { PolicyOrigin } from '../config/policy-origin.ts';
import { PushedOrigin } from '../config/pushed/pushed-origin.ts';
import { PushedPolicies } from '../config/pushed/pushed-policies.ts';
import type { LivePolicies } from '../config/reload.ts';
import type { AdminConfig } from '../config/schema.ts';
import type { ExportFigures } from '../export/export-news.ts';
import type { Clock, Log } from '../model/seams.ts';
import type { Tickets } from '../notify/ticket.ts';
import type { MaskCounts } from '../pipeline/mask-counts.ts';
import type { GateFigures } from '../pipeline/relay.ts';
import type { RuleCount } from '../pipeline/rule-counts.ts';
import type { SimilarCalls, TranscriptsAside } from '../store/contract.ts';
import { Access } from './access.ts';
import { AdminServer } from './admin-server.ts';
import { type ApprovalRoutesOptions, approvalRoutes } from './approvals/approval-routes.ts';
import { ApprovalDesk, type DeskOptions } from './approvals/approvals-desk.ts';
import type { ApprovalMetrics } from './approvals/approvals-metrics.ts';
import { metricRoutes } from './metrics.ts';
import { openPages } from './pages/open-pages.ts';
import { PagePlace } from './pages/page-place.ts';
import { policyRoutes } from './policies.ts';
import type { PublicRoute } from './route.ts';
import { transcriptRoutes } from './transcripts/transcript-routes.ts';

export interface AdminOptions {
  readonly config: AdminConfig;
  /** Folder that relative paths of the configuration start from. */
  readonly base: string;
  /** Issuers of the gate. */
  readonly issuers: readonly IssuerOptions[];
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
  /** How exports of transcripts are doing; left out: there are none. */
  readonly exports?: (() => readonly ExportFigures[]) | undefined;
  readonly approvals: AdminApprovals;
  /** Left out: they can't be read here. */
  readonly transcripts?: TranscriptsAside;
  /** `sessions.key`: seals logins where `admin.login.key` is left out. */
  readonly key?: string | undefined;
  /** Doors that channels call, such as that of Slack's buttons. */
  readonly doors?: readonly PublicRoute[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Approvals as the admin API and its pages know them. */
export interface AdminApprovals extends Pick<ApprovalRoutesOptions, 'approvals' | 'onChange'> {
  /** What came of earlier calls; left out: it is not told. */
  readonly similar?: SimilarCalls | undefined;
  /** What is counted of them; left out: nothing. */
  readonly metrics?: ApprovalMetrics;
  /** Opens the links of mails. */
  readonly tickets: Tickets;
}

/** The admin API, put together. */
export interface Admin {
  /** The base URL that it listens on; empty before it does. */
  readonly url: string;
  /** @throws GateError LISTEN_FAILED, TLS_UNUSABLE */
  listen(): Promise<string>;
  close(): Promise<void>;
  /** The page of an approval; undefined where there are no pages, or it doesn't listen yet. */
  pageOf(approval: string): string | undefined;
}

/** Puts the admin API together; whoever does so has it listen, and closes it. */
export function openAdmin(options: AdminOptions): Admin {
  const { config, base, live, origin, clock, log, counts, stopping } = options;
  const { maskCounts, figures } = options;
  const { listen, public_url, issuers, roles } = config;
  const { tls } = listen;
  const named = public_url?.replace(/\/+$/, '');
  // A free port is known only once it listens.
  const url = (): string => named ?? server.url;
  const place = new PagePlace(url, named !== undefined);
  const pageOf = (id: string) =>
    config.login && server.url ? place.urlOf(`/approvals/${encodeURIComponent(id)}`) : undefined;
  const authenticator =
    issuers.length > 0
      ? new OidcAuthenticator({ issuers, publicUrl: url, clock, log })
      : options.authenticator(url, clock);
  const revision = () => live.inForce?.snapshot.revision;
  const pushed =
    origin instanceof PushedOrigin ? new PushedPolicies(live, origin, clock) : undefined;
  const rules = () => live.snapshot.policies?.rules ?? [];
  const about = { ...options.approvals, roles, pageOf, rules, clock, log };
  const server: AdminServer = new AdminServer({
    ...{ host: listen.host, port: listen.port, roles, stopping, log },
    tls: tls && { cert: resolve(base, tls.cert), key: resolve(base, tls.key), log },
    origin: {
      // Forms of the pages; no other site may call.
      get origins() {
        return config.login ? [place.origin] : [];
      },
      hosts: named === undefined ? [] : [new URL(named).host.toLowerCase()],
    },
    access: new Access({ authenticator, url, exact: issuers.length === 0 }),
    routes: [
      ...policyRoutes({ live, pushed, counts, log }),
      ...metricRoutes({
        counts,
        maskCounts,
        figures,
        revision,
        approvals: options.approvals.metrics,
        exports: options.exports,
      }),
      ...approvalRoutes(about),
      ...(options.transcripts
        ? transcriptRoutes({ transcripts: options.transcripts, clock, log })
        : []),
    ],
    doors: [...pagesOf(options, about, place), ...(options.doors ?? [])],
    revision,
  });
  return {
    get url() {
      return server.url;
    },
    listen: () => server.listen(),
    close: () => server.close(),
    pageOf,
  };
}

/** Pages for browsers, where people can log in. */
function pagesOf(
  { config, issuers, key, clock, log }: AdminOptions,
  about: DeskOptions & Pick<AdminApprovals, 'tickets'>,
  place: PagePlace,
): PublicRoute[] {
  if (!config.login) return [];
  return openPages({
    ...{ login: config.login, issuers: config.issuers.length > 0 ? config.issuers : issuers, key },
    ...{ approvals: about.approvals, desk: new ApprovalDesk(about), tickets: about.tickets },
    ...{ place, clock, log },
  });
}
