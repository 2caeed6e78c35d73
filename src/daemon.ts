import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { openAdmin } from './admin/open-admin.ts';
import { openAnalyzer } from './analyzer/open-analyzer.ts';
import { MaskPool } from './aside/mask-pool.ts';
import type { Authenticator } from './auth/contract.ts';
import { compileAside } from './config/compile-aside.ts';
import { LiveLockFile } from './config/live-lock-file.ts';
import { maskingKeyIn } from './config/masking-key.ts';
import { openOrigin } from './config/open-origin.ts';
import type { PolicyOrigin } from './config/policy-origin.ts';
import { LivePolicies } from './config/reload.ts';
import { type Config, prefixesOf, type UpstreamConfig } from './config/schema.ts';
import { messageOf } from './model/errors.ts';
import type { Clock, Log } from './model/seams.ts';
import { Gate } from './pipeline/gate.ts';
import { tellMissingAnalyzer } from './pipeline/missing-analyzer.ts';
import { Pins } from './pipeline/pins.ts';
import { Rejections } from './pipeline/rejections.ts';
import { Relay } from './pipeline/relay.ts';
import { SchemaWarnings } from './pipeline/schema-warnings.ts';
import { ServerRequests } from './pipeline/server-requests.ts';
import { Sessions } from './pipeline/sessions.ts';
import { maskKeyName, TokenVault } from './pipeline/token/token-vault.ts';
import { Naming } from './pipeline/union/naming.ts';
import { Union } from './pipeline/union/union.ts';
import { Seal } from './protocol/seal.ts';
import { type LimitsLocation, openLimits } from './store/limits-open.ts';
import { SqlitePins } from './store/sqlite/pins.ts';
import { SqliteStore } from './store/sqlite/store.ts';
import { openTokens, type TokensLocation } from './store/tokens-open.ts';
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

/** How often it is looked whether other definitions of tools were accepted, in milliseconds. */
const PINS_LOOK = 1_000;

/** How long after the start a thread for large messages begins, unless one comes before, in milliseconds. */
const WARM_UP = 5_000;

const clock: Clock = () => performance.timeOrigin + performance.now();

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
    const origin = await openOrigin(config.policies, base);
    const policies = new LivePolicies(origin, log, compileAside());
    await policies.load();
    const { relay, listener, gate, lookAtPins } = await assemble(options, policies, started);
    const url = await listener.listen();
    const look = () => {
      lookAtPins();
      return policies.look();
    };
    started.add(origin.watch(look));
    const adminUrl = await startAdmin(options, { policies, origin, relay, gate }, started);
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

/** Starts the admin API where it is configured, and gives its URL. */
async function startAdmin(
  { config, base, log, authenticator }: DaemonOptions,
  parts: {
    readonly policies: LivePolicies;
    readonly origin: PolicyOrigin;
    readonly relay: Relay;
    readonly gate: Gate;
  },
  started: Started,
): Promise<string | undefined> {
  if (!config.admin) return undefined;
  const admin = openAdmin({
    ...{ config: config.admin, base, authenticator, clock, log },
    ...{ live: parts.policies, origin: parts.origin },
    counts: () => parts.gate.ruleCounts.counts(),
    maskCounts: parts.gate.maskCounts,
    figures: () => parts.relay.figures,
    stopping: () => parts.relay.stopping,
  });
  started.add(() => admin.close());
  const url = await admin.listen();
  log.info({ url }, 'the admin API is listening');
  return url;
}

/** Puts the parts together: store, links, relay, listener. */
async function assemble(options: DaemonOptions, policies: LivePolicies, started: Started) {
  const { config, base, log } = options;
  const { path, durability, required } = config.transcripts;
  const store = await SqliteStore.open({ path: resolve(base, path), durability });
  started.add(() => store.close());
  const limiter = await openLimits(limitsLocation(config, base), { clock, log });
  started.add(() => limiter.close());
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
  const gate = new Gate({
    ...{ recorder: store, log, required, seals, limiter, pins, listed, analyzer, aside, vault },
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
  return { relay, listener, gate, lookAtPins: pinned.look };
}

/** The masking key, and what keeps the tokens that are made with it. */
async function openMasking({ config, base, log }: DaemonOptions, started: Started) {
  const { key, key_file, tokens } = config.masking;
  const location = tokensLocation(config, base);
  const beside =
    location.store === 'sqlite' ? join(dirname(location.path), 'masking.key') : undefined;
  const file = key_file === undefined ? beside : resolve(base, key_file);
  const maskKey = key ?? (file === undefined ? randomBytes(32) : maskingKeyIn(file));
  const bounds = { max: tokens.max, maxOfOwner: tokens.max_per_caller };
  const store = openTokens(location, { clock, log, ...bounds });
  started.add(() => store.close());
  try {
    const name = maskKeyName(maskKey);
    const before = await store.sealedWith(name);
    if (before !== undefined && before !== name) {
      log.warn(
        { store: location.store },
        'the masking key is another: tokens from before are unknown',
      );
    }
  } catch (error) {
    const fields = { code: 'TOKENS_UNAVAILABLE', cause: messageOf(error) };
    log.error(fields, 'the store of tokens cannot be used; messages that need it are refused');
  }
  const sweep = setInterval(() => {
    void (async () => store.clean())().catch((error) => {
      log.debug({ cause: messageOf(error) }, 'expired tokens could not be forgotten');
    });
  }, SWEEP);
  started.add(() => clearInterval(sweep));
  return { maskKey, vault: new TokenVault({ store, key: maskKey, clock }) };
}

/** Where tokens are kept. The file is beside the transcripts unless it is named. */
function tokensLocation({ masking, transcripts }: Config, base: string): TokensLocation {
  const { store, path, url = '' } = masking.tokens;
  const { durability, path: recorded } = transcripts;
  switch (store) {
    case 'memory':
      return { store };
    case 'sqlite': {
      const beside = join(dirname(recorded), 'tokens.db');
      return { store, path: resolve(base, path ?? beside), durability };
    }
    case 'postgres':
      return { store, url };
  }
}

/** Pins as they are configured, and how to see what `sallyport pin` does to them. */
function openPins({ config, base, log }: DaemonOptions, started: Started) {
  const { file, path = join(dirname(config.transcripts.path), 'pins.db') } = config.pins;
  const mode = (name: string) => config.upstreams[name]?.pins ?? config.pins.mode;
  const modes = new Set(Object.keys(config.upstreams).map(mode));
  modes.delete('off');
  const off = { pins: undefined, mode, locked: () => new Map() };
  if (modes.size === 0) return { ...off, look: () => undefined, watch: () => () => {} };
  const lock = modes.has('lock') ? new LiveLockFile(resolve(base, file), file, log) : undefined;
  const store = new SqlitePins(resolve(base, path));
  started.add(() => store.close());
  const locked = () => lock?.tools ?? new Map();
  const pins = new Pins({ store, mode, locked, log });
  let onChange = (): void => undefined;
  const look = () => {
    const news = [pins.hasNews(), lock?.look()];
    if (news.includes(true)) onChange();
  };
  const watch = (listener: () => void) => {
    onChange = listener;
    const timer = setInterval(look, PINS_LOOK);
    return () => clearInterval(timer);
  };
  return { pins, mode, locked, look, watch };
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

/** Where limits are counted. The file is beside the transcripts unless it is named. */
function limitsLocation({ counters, transcripts }: Config, base: string): LimitsLocation {
  const { store, path, url = '' } = counters;
  switch (store) {
    case 'memory':
      return { store };
    case 'sqlite': {
      const beside = join(dirname(transcripts.path), 'counters.db');
      return { store, path: resolve(base, path ?? beside) };
    }
    case 'postgres':
      return { store, url };
  }
}

/** Host names under which clients may call, beside loopback. */
function knownHosts({ public_url, allowed_hosts }: Config): string[] {
  const own = public_url === undefined ? [] : [new URL(public_url).host];
  return [...own, ...allowed_hosts].map((host) => host.toLowerCase());
}
