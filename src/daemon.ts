import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { openAnalyzer } from './analyzer/open-analyzer.ts';
import { MaskPool } from './aside/mask-pool.ts';
import { compileAside } from './config/compile-aside.ts';
import { openOrigin } from './config/open-origin.ts';
import type { PolicyOrigin } from './config/policy-origin.ts';
import { LivePolicies } from './config/reload.ts';
import { prefixesOf } from './config/schema.ts';
import { type OpenedApprovals, openHolds } from './daemon/approvals.ts';
import { clock, type DaemonOptions } from './daemon/daemon-options.ts';
import { type ExportsFigures, openExports } from './daemon/exports.ts';
import { linksOf } from './daemon/links.ts';
import { listenerOf, type Served } from './daemon/listener.ts';
import { openMasking } from './daemon/masking.ts';
import { openPins } from './daemon/pins.ts';
import { Started } from './daemon/started.ts';
import { storeLocation } from './daemon/store-location.ts';
import { openTranscripts } from './daemon/transcripts.ts';
import { Tickets } from './notify/ticket.ts';
import { Gate } from './pipeline/gate.ts';
import { tellMissingAnalyzer } from './pipeline/missing-analyzer.ts';
import { Rejections } from './pipeline/rejections.ts';
import { Relay } from './pipeline/relay.ts';
import { SchemaWarnings } from './pipeline/schema-warnings.ts';
import { ServerRequests } from './pipeline/server-requests.ts';
import { Sessions } from './pipeline/sessions.ts';
import { Naming } from './pipeline/union/naming.ts';
import { Union } from './pipeline/union/union.ts';
import { Seal } from './protocol/seal.ts';
import { openLimits } from './store/limits-open.ts';
import { ReadingThread } from './store/sqlite/search/reading-thread.ts';
import { SqliteSimilar } from './store/sqlite/similar.ts';
import type { Reject } from './transport/http/endpoint.ts';
import { version } from './version.ts';

/** How often unused sessions are looked for at least, in milliseconds. */
const SWEEP = 30_000;

/** How long after the start a thread for large messages begins, unless one comes before, in milliseconds. */
const WARM_UP = 5_000;

/** A running gate. */
export interface Daemon {
  /** The base URL that it listens on. */
  readonly url: string;
  /** The base URL of the admin API, where there is one. */
  readonly adminUrl?: string;
  /** Takes over changed policies and pins now. */
  look(): Promise<void>;
  /** Refuses new calls, lets running ones end, and closes everything. */
  stop(): Promise<void>;
}

/**
 * Starts a gate: what is needed last starts first, and stops last.
 *
 * @throws GateError whatever keeps it from starting
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { config, base, log } = options;
  const started = new Started(log);
  try {
    const origin = await openOrigin(config.policies, base);
    const policies = new LivePolicies(origin, log, compileAside());
    await policies.load();
    const pages: Pages = { of: undefined };
    const parts = await assemble(options, policies, pages, started);
    const { relay, listener, gate, lookAtPins, holds, tickets, exports } = parts;
    const url = await listener.listen();
    const look = () => {
      lookAtPins();
      return policies.look();
    };
    started.add(origin.watch(look));
    const adminUrl = await startAdmin(
      options,
      { policies, origin, relay, gate, holds, pages, tickets, exports },
      started,
    );
    const every = Math.min(SWEEP, config.sessions.idle);
    const sweep = setInterval(() => void relay.endOverdue(), every);
    started.add(() => clearInterval(sweep));
    log.info({ url, upstreams: Object.keys(config.upstreams) }, 'listening');
    const stop = async () => {
      log.info({ calls: relay.calls }, 'stopping');
      await started.close();
      log.info({}, 'stopped');
    };
    return { url, ...(adminUrl === undefined ? {} : { adminUrl }), look, stop };
  } catch (error) {
    await started.close();
    throw error;
  }
}

/** Pages for browsers, once the admin listener listens. */
interface Pages {
  /** URL of the page of an approval; undefined where there are none. */
  of: ((approval: string) => string | undefined) | undefined;
}

/** Starts the admin API where it is configured, and gives its URL. */
async function startAdmin(
  options: DaemonOptions,
  parts: {
    readonly policies: LivePolicies;
    readonly origin: PolicyOrigin;
    readonly relay: Relay;
    readonly gate: Gate;
    readonly holds: OpenedApprovals;
    readonly pages: Pages;
    readonly tickets: Tickets;
    readonly exports: ExportsFigures | undefined;
  },
  started: Started,
): Promise<string | undefined> {
  const { config, base, log, authenticator } = options;
  const { holds, tickets } = parts;
  if (!config.admin || !holds) return undefined;
  // Pages, mail and metrics are a third of what a gate loads, and most have none of them.
  const [{ openAdmin }, { openNews }, { slackRoutes }] = await Promise.all([
    import('./admin/open-admin.ts'),
    import('./daemon/channels.ts'),
    import('./admin/approvals/slack-routes.ts'),
  ]);
  const { approvals, store } = holds;
  const news = openNews(options, store, tickets, (id) => parts.pages.of?.(id));
  started.add(() => news.dispatcher.stop());
  const database = resolve(base, config.transcripts.path);
  const similar = new SqliteSimilar(database);
  started.add(() => similar.close());
  const transcripts = new ReadingThread(database);
  started.add(() => transcripts.close());
  const admin = openAdmin({
    ...{ config: config.admin, base, issuers: config.issuers, authenticator, clock, log },
    key: config.sessions.key,
    approvals: {
      approvals,
      onChange: (listener) => store.onChange(listener),
      tickets,
      similar,
      metrics: { store, channels: () => news.dispatcher.counts() },
    },
    ...{ live: parts.policies, origin: parts.origin },
    counts: () => parts.gate.ruleCounts.counts(),
    maskCounts: parts.gate.maskCounts,
    figures: () => parts.relay.figures,
    stopping: () => parts.relay.stopping,
    exports: parts.exports,
    transcripts,
    doors: slackRoutes({ channels: news.channels, approvals, roles: config.admin.roles }),
  });
  started.add(() => admin.close());
  const url = await admin.listen();
  // Calls that wait are told of their pages also when the listener has closed.
  const page = admin.pageOf('');
  parts.pages.of = (id) => page && page + encodeURIComponent(id);
  news.dispatcher.start();
  log.info({ url }, 'the admin API is listening');
  return url;
}

/** Puts the parts together: store, links, relay, listener. */
async function assemble(
  options: DaemonOptions,
  policies: LivePolicies,
  pages: Pages,
  started: Started,
) {
  const { config, log } = options;
  const { required } = config.transcripts;
  const store = await openTranscripts(options, started);
  const exports = openExports(options, started);
  const limiter = await openLimits(storeLocation(config.counters, 'counters.db', options), {
    clock,
    log,
  });
  started.add(() => limiter.close());
  const links = linksOf(options);
  started.add(async () => {
    await Promise.all([...links.values()].map((link) => link.stop()));
  });
  const secret = config.sessions.key;
  const key = secret === undefined ? randomBytes(32) : Buffer.from(secret);
  const seals = { state: new Seal(key, 'state'), task: new Seal(key, 'task') };
  const tickets = new Tickets(new Seal(key, 'ticket'), clock);
  const sessions = new Sessions({
    ...{ seal: new Seal(key, 'session'), clock },
    ...{ limit: config.limits.sessions, callerLimit: config.limits.caller_sessions },
    ...{ idle: config.sessions.idle, lifetime: config.sessions.lifetime },
  });
  const serverRequests = new ServerRequests(new Seal(key, 'server request'));
  const pinned = openPins(options, started);
  const { pins, mode, locked } = pinned;
  const warnings = new SchemaWarnings({
    ...{ upstreams: [...links.keys()], snapshot: () => policies.snapshot, mode, locked, log },
  });
  started.add(() => warnings.stop());
  const listed: SchemaWarnings['listed'] = (upstream, tools) => warnings.listed(upstream, tools);
  const analyzer = openAnalyzer(config.analyzers, { clock, log });
  started.add(() => analyzer?.close());
  const aside = new MaskPool({ log });
  started.add(() => aside.close());
  const warm = setTimeout(() => aside.warm(), WARM_UP).unref();
  started.add(() => clearTimeout(warm));
  const { maskKey, vault } = await openMasking(options, started);
  const holds = await openHolds(options, policies, store, (id) => pages.of?.(id), started);
  const gate = new Gate({
    ...{ recorder: store, log, required, seals, limiter, pins, listed, analyzer, aside, vault },
    approvals: holds?.hold,
  });
  const relay = new Relay({
    snapshot: () => policies.snapshot,
    ...{ gate, links, sessions, serverRequests, limits: config.limits, clock, log },
    maskKey,
  });
  const announce = () => {
    warnings.changed();
    relay.announce();
  };
  const tellMissing = () => analyzer ?? tellMissingAnalyzer(policies.snapshot.policies, log);
  tellMissing();
  policies.onChange(() => {
    tellMissing();
    announce();
  });
  started.add(pinned.watch(announce));
  warnings.changed();
  const rejections = new Rejections(store, clock, log);
  const reject: Reject = (rejected, error) => {
    rejections.record({ ...rejected, revision: policies.snapshot.revision }, error);
  };
  const naming = new Naming(config.union.separator, prefixesOf(config));
  // The union is no upstream: its names say which one is meant.
  const toolHeaders: Served['toolHeaders'] = (upstream, tool) => {
    const at = upstream === '' ? naming.resolve(tool) : { upstream, name: tool };
    return at && gate.catalog.headers(at.upstream, at.name);
  };
  const union = new Union({
    serverInfo: { name: 'sallyport', title: 'Sallyport', version: version() },
    sessionStreams: config.limits.session_streams,
    sessionCalls: config.limits.session_calls,
    ...{ naming, relay, sessions, serverRequests, reject, clock, log },
  });
  const upstreams = [...links.keys()];
  const listener = listenerOf(options, {
    ...{ relay, union, sessions, reject, upstreams, toolHeaders },
  });
  started.add(() => listener.close());
  started.add(() => relay.stop(config.shutdown.drain));
  // Those that wait for people are told to call again, and so don't hold the gate up.
  started.add(() => holds?.approvals.stop());
  return { relay, listener, gate, holds, tickets, exports, lookAtPins: pinned.look };
}
