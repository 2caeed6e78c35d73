import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Authenticator } from './auth/contract.ts';
import { LivePolicies } from './config/reload.ts';
import { type Config, prefixesOf, type UpstreamConfig } from './config/schema.ts';
import { watchDirectory } from './config/watch.ts';
import { messageOf } from './model/errors.ts';
import type { Clock, Log } from './model/seams.ts';
import { Gate } from './pipeline/gate.ts';
import { Rejections } from './pipeline/rejections.ts';
import { Relay } from './pipeline/relay.ts';
import { ServerRequests } from './pipeline/server-requests.ts';
import { Sessions } from './pipeline/sessions.ts';
import { Naming } from './pipeline/union/naming.ts';
import { Union } from './pipeline/union/union.ts';
import { Seal } from './protocol/seal.ts';
import { SqliteStore } from './store/sqlite/store.ts';
import { BridgeLink } from './transport/bridge/link.ts';
import type { UpstreamLink } from './transport/contract.ts';
import type { Reject } from './transport/http/endpoint.ts';
import { type EndpointsOptions, endpointsOf } from './transport/http/endpoints.ts';
import { HttpLink } from './transport/http/link.ts';
import { Listener } from './transport/http/listener.ts';
import { SseLink } from './transport/sse/link.ts';
import { StdioLink } from './transport/stdio/link.ts';
import { version } from './version.ts';

export interface DaemonOptions {
  readonly config: Config;
  /** Folder that relative paths of the configuration start from. */
  readonly base: string;
  /** Who tells callers apart; it is asked for once the address is known. */
  readonly authenticator: (publicUrl: () => string, clock: Clock) => Authenticator;
  readonly log: Log;
}

/** How often unused sessions are looked for at least, in milliseconds. */
const SWEEP = 30_000;

const clock: Clock = () => performance.timeOrigin + performance.now();

/** A running gate. */
export interface Daemon {
  /** The base URL that it listens on. */
  readonly url: string;
  /** Takes over changed policies now. */
  look(): Promise<void>;
  /** Refuses new calls, lets running ones end, and closes everything. */
  stop(): Promise<void>;
}

/** What has been started, in that order; it is closed the other way round. */
class Started {
  readonly #closers: (() => Promise<void> | void)[] = [];
  readonly #log: Log;
  #closed: Promise<void> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  add(closer: () => Promise<void> | void): void {
    this.#closers.push(closer);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const closer of this.#closers.reverse()) {
      try {
        await closer();
      } catch (error) {
        // What else is open must be closed all the same.
        this.#log.error({ cause: messageOf(error) }, 'a part of the gate did not stop well');
      }
    }
  }
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
    const policies = new LivePolicies(resolve(base, config.policies.directory), log);
    policies.load();
    const { relay, listener } = await assemble(options, policies, started);
    const url = await listener.listen();
    const { directory, poll } = config.policies;
    const look = () => policies.look();
    started.add(watchDirectory({ directory: resolve(base, directory), poll, look }));
    const every = Math.min(SWEEP, config.sessions.idle);
    const sweep = setInterval(() => void relay.endOverdue(), every);
    started.add(() => clearInterval(sweep));
    log.info({ url, upstreams: Object.keys(config.upstreams) }, 'listening');
    const stop = async () => {
      log.info({ calls: relay.calls }, 'stopping');
      await started.close();
      log.info({}, 'stopped');
    };
    return { url, look, stop };
  } catch (error) {
    await started.close();
    throw error;
  }
}

/** Puts the parts together: store, links, relay, listener. */
async function assemble(options: DaemonOptions, policies: LivePolicies, started: Started) {
  const { config, base, log } = options;
  const { path, durability, required } = config.transcripts;
  const store = await SqliteStore.open({ path: resolve(base, path), durability });
  started.add(() => store.close());
  const links = linksOf(options);
  started.add(async () => {
    await Promise.all([...links.values()].map((link) => link.stop()));
  });
  const secret = config.sessions.key;
  const key = secret === undefined ? randomBytes(32) : Buffer.from(secret);
  const seals = { state: new Seal(key, 'state'), task: new Seal(key, 'task') };
  const sessions = new Sessions({
    ...{ seal: new Seal(key, 'session'), clock },
    ...{ limit: config.limits.sessions, callerLimit: config.limits.caller_sessions },
    ...{ idle: config.sessions.idle, lifetime: config.sessions.lifetime },
  });
  const serverRequests = new ServerRequests(new Seal(key, 'server request'));
  const gate = new Gate({ recorder: store, log, required, seals });
  const relay = new Relay({
    snapshot: () => policies.snapshot,
    ...{ gate, links, sessions, serverRequests, limits: config.limits, clock, log },
  });
  policies.onChange(() => relay.announce());
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
  return { relay, listener };
}

type Served = Pick<EndpointsOptions, 'relay' | 'union' | 'sessions' | 'reject' | 'toolHeaders'> & {
  readonly relay: Relay;
  readonly upstreams: readonly string[];
};

function listenerOf({ config, base, log, authenticator }: DaemonOptions, served: Served): Listener {
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

function linksOf(options: DaemonOptions): Map<string, UpstreamLink> {
  const { log } = options;
  return new Map(
    Object.entries(options.config.upstreams).map(([name, upstream]) => {
      const inner = linkTo(name, upstream, options);
      return [name, new BridgeLink({ name, inner, era: eraOf(upstream), log, clock })] as const;
    }),
  );
}

function linkTo(name: string, upstream: UpstreamConfig, options: DaemonOptions): UpstreamLink {
  const { config, base, log } = options;
  const limits = { bytes: config.limits.message, depth: config.limits.depth };
  if ('command' in upstream) {
    const cwd = resolve(base, upstream.cwd ?? '.');
    return new StdioLink({ ...upstream, name, cwd, limits, log });
  }
  return upstream.transport === 'sse'
    ? new SseLink({ ...upstream, name, limits, log, sessions: config.limits.sessions })
    : new HttpLink({ ...upstream, name, limits, log });
}

/** HTTP+SSE is older than the stateless era. */
function eraOf(upstream: UpstreamConfig) {
  const isOld = 'transport' in upstream && upstream.transport === 'sse';
  return isOld ? 'session' : upstream.era;
}

/** Host names under which clients may call, beside loopback. */
function knownHosts({ public_url, allowed_hosts }: Config): string[] {
  const own = public_url === undefined ? [] : [new URL(public_url).host];
  return [...own, ...allowed_hosts].map((host) => host.toLowerCase());
}
