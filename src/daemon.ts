import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Authenticator } from './auth/contract.ts';
import { LivePolicies } from './config/reload.ts';
import type { Config, UpstreamConfig } from './config/schema.ts';
import { watchDirectory } from './config/watch.ts';
import type { Clock, Log } from './model/seams.ts';
import { Gate } from './pipeline/gate.ts';
import { Rejections } from './pipeline/rejections.ts';
import { Relay } from './pipeline/relay.ts';
import { ServerRequests } from './pipeline/server-requests.ts';
import { Sessions } from './pipeline/sessions.ts';
import { Seal } from './protocol/seal.ts';
import { SqliteStore } from './store/sqlite/store.ts';
import type { UpstreamLink } from './transport/contract.ts';
import { HttpLink } from './transport/http/link.ts';
import { Listener } from './transport/http/listener.ts';
import { StdioLink } from './transport/stdio/link.ts';

export interface DaemonOptions {
  readonly config: Config;
  /** Folder that relative paths of the configuration start from. */
  readonly base: string;
  /** Who tells callers apart; it is asked for once the address is known. */
  readonly authenticator: (publicUrl: () => string, clock: Clock) => Authenticator;
  readonly log: Log;
}

/** How often unused sessions are looked for, in milliseconds. */
const SWEEP = 30_000;

const clock: Clock = () => performance.timeOrigin + performance.now();

/** A running gate. */
export class Daemon {
  /** The base URL that it listens on. */
  readonly url: string;
  readonly #stop: () => Promise<void>;
  #stopped: Promise<void> | undefined;

  /** @param stop is called once */
  constructor(url: string, stop: () => Promise<void>) {
    this.url = url;
    this.#stop = stop;
  }

  /** Refuses new calls, lets running ones end, and closes everything. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }
}

/**
 * Starts a gate: what is needed last starts first, and stops last.
 *
 * @throws GateError whatever keeps it from starting
 */
export async function startDaemon({
  config,
  base,
  authenticator,
  log,
}: DaemonOptions): Promise<Daemon> {
  const closers: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const closer of closers.reverse()) await closer();
  };
  try {
    const { relay, listener } = await assemble({ config, base, authenticator, log }, closers);
    const url = await listener.listen();
    log.info({ url, upstreams: Object.keys(config.upstreams) }, 'listening');
    return new Daemon(url, async () => {
      log.info({ calls: relay.calls }, 'stopping');
      await close();
      log.info({}, 'stopped');
    });
  } catch (error) {
    await close();
    throw error;
  }
}

async function assemble(
  { config, base, authenticator, log }: DaemonOptions,
  closers: (() => Promise<void> | void)[],
) {
  const { transcripts, limits, sessions: sessionConfig } = config;
  const policies = new LivePolicies(resolve(base, config.policies.directory), log);
  policies.load();
  const path = resolve(base, transcripts.path);
  const store = await SqliteStore.open({ path, durability: transcripts.durability });
  closers.push(() => store.close());
  const frameLimits = { bytes: limits.message, depth: limits.depth };
  const links = new Map(
    Object.entries(config.upstreams).map(([name, upstream]) => {
      return [name, linkTo(name, upstream, base, frameLimits, log)] as const;
    }),
  );
  closers.push(async () => {
    await Promise.all([...links.values()].map((link) => link.stop()));
  });
  const key = sessionConfig.key === undefined ? randomBytes(32) : Buffer.from(sessionConfig.key);
  const sessions = new Sessions({
    ...{ seal: new Seal(key, 'session'), clock, limit: limits.sessions },
    idle: sessionConfig.idle,
  });
  const relay = new Relay({
    gate: new Gate({ recorder: store, log, required: transcripts.required }),
    snapshot: () => policies.snapshot,
    serverRequests: new ServerRequests(new Seal(key, 'server request')),
    ...{ links, sessions, limits, clock, log },
  });
  const rejections = new Rejections(store, clock, log);
  let stopping = false;
  let publicUrl = config.public_url?.replace(/\/+$/, '') ?? '';
  const listener = new Listener({
    ...{ ...config.listen, trustedProxies: config.listen.trusted_proxies },
    origin: { origins: config.allowed_origins, hosts: knownHosts(config) },
    authenticator: authenticator(() => publicUrl, clock),
    upstreams: [...links.keys()],
    reject: (rejected, error) => {
      rejections.record({ ...rejected, revision: policies.snapshot.revision }, error);
    },
    ready: () => !stopping,
    ...{ relay, sessions, limits: frameLimits, log },
  });
  closers.push(() => listener.close());
  closers.push(() => {
    stopping = true;
    return relay.stop(config.shutdown.drain);
  });
  const { directory, poll } = config.policies;
  const look = () => policies.look();
  closers.push(watchDirectory({ directory: resolve(base, directory), poll, look }));
  const sweep = setInterval(() => void relay.endIdle(), SWEEP);
  closers.push(() => clearInterval(sweep));
  return {
    relay,
    listener: {
      async listen(): Promise<string> {
        const url = await listener.listen();
        if (publicUrl === '') publicUrl = url;
        return url;
      },
    },
  };
}

function linkTo(
  name: string,
  upstream: UpstreamConfig,
  base: string,
  limits: { readonly bytes: number; readonly depth: number },
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
