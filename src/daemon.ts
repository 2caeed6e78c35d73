import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Authenticator } from './auth/contract.ts';
import { LivePolicies } from './config/reload.ts';
import { type Config, prefixesOf, type UpstreamConfig } from './config/schema.ts';
import { watchDirectory } from './config/watch.ts';
import { messageOf } from './model/errors.ts';
import type { Clock, Log } from './model/seams.ts';
import type { Conduit } from './pipeline/conduit.ts';
import { Gate } from './pipeline/gate.ts';
import { Rejections } from './pipeline/rejections.ts';
import { Relay } from './pipeline/relay.ts';
import { ServerRequests } from './pipeline/server-requests.ts';
import { Sessions } from './pipeline/sessions.ts';
import { Naming } from './pipeline/union/naming.ts';
import { Union } from './pipeline/union/union.ts';
import type { FrameLimits } from './protocol/jsonrpc.ts';
import { Seal } from './protocol/seal.ts';
import { SqliteStore } from './store/sqlite/store.ts';
import type { UpstreamLink } from './transport/contract.ts';
import { McpEndpoint, type Reject } from './transport/http/endpoint.ts';
import { KeepAlive } from './transport/http/keep-alive.ts';
import { HttpLink } from './transport/http/link.ts';
import { Listener } from './transport/http/listener.ts';
import { SessionEndpoint } from './transport/http/session-endpoint.ts';
import { StatelessEndpoint } from './transport/http/stateless-endpoint.ts';
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
  const relay = new Relay({
    gate: new Gate({ recorder: store, log, required, seals }),
    snapshot: () => policies.snapshot,
    ...{ links, sessions, serverRequests, limits: config.limits, clock, log },
  });
  const rejections = new Rejections(store, clock, log);
  const reject: Reject = (rejected, error) => {
    rejections.record({ ...rejected, revision: policies.snapshot.revision }, error);
  };
  const union = new Union({
    naming: new Naming(config.union.separator, prefixesOf(config)),
    serverInfo: { name: 'sallyport', title: 'Sallyport', version: version() },
    sessionStreams: config.limits.session_streams,
    ...{ relay, sessions, serverRequests, clock, log },
  });
  const upstreams = [...links.keys()];
  const listener = listenerOf(options, { relay, union, sessions, reject, upstreams });
  started.add(() => listener.close());
  started.add(() => relay.stop(config.shutdown.drain));
  return { relay, listener };
}

interface Served {
  readonly relay: Relay;
  readonly union: Union;
  readonly sessions: Sessions;
  readonly reject: Reject;
  readonly upstreams: readonly string[];
}

function listenerOf({ config, authenticator }: DaemonOptions, served: Served): Listener {
  const { listen, limits, allowed_origins, public_url } = config;
  const named = public_url?.replace(/\/+$/, '');
  const listener: Listener = new Listener({
    ...{ host: listen.host, port: listen.port, trustedProxies: listen.trusted_proxies },
    origin: { origins: allowed_origins, hosts: knownHosts(config) },
    // A free port is known only once the gate listens.
    authenticator: authenticator(() => named ?? listener.url, clock),
    bodyLimit: limits.message,
    ...{ upstreams: served.upstreams, reject: served.reject },
    stopping: () => served.relay.stopping,
    endpoints: endpointsOf(config, served),
  });
  return listener;
}

/** What is served under which path. */
function endpointsOf({ limits }: Config, { relay, union, sessions, reject }: Served) {
  const frames = { bytes: limits.message, depth: limits.depth };
  const keepAlive = new KeepAlive();
  const mcp = (conduit: Conduit) => {
    const common = { relay: conduit, sessions, keepAlive, limits: frames, reject };
    const session = new SessionEndpoint(common);
    const stateless = new StatelessEndpoint(common);
    return new McpEndpoint({ session, stateless, limits: frames, reject });
  };
  return { 'mcp/': mcp(relay), mcp: mcp(union) };
}

function linksOf({ config, base, log }: DaemonOptions): Map<string, UpstreamLink> {
  const { limits, upstreams } = config;
  const frames = { bytes: limits.message, depth: limits.depth };
  return new Map(
    Object.entries(upstreams).map(([name, upstream]) => {
      return [name, linkTo(name, upstream, base, frames, log)] as const;
    }),
  );
}

function linkTo(
  name: string,
  upstream: UpstreamConfig,
  base: string,
  limits: FrameLimits,
  log: Log,
): UpstreamLink {
  if ('url' in upstream) return new HttpLink({ ...upstream, name, limits, log });
  const cwd = resolve(base, upstream.cwd ?? '.');
  return new StdioLink({ ...upstream, name, cwd, limits, log });
}

/** Host names under which clients may call, beside loopback. */
function knownHosts({ public_url, allowed_hosts }: Config): string[] {
  const own = public_url === undefined ? [] : [new URL(public_url).host];
  return [...own, ...allowed_hosts].map((host) => host.toLowerCase());
}
