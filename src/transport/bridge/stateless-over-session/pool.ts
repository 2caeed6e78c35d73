import { createHash } from 'node:crypto';
import { GateError } from '../../../model/errors.ts';
import type { Bridge } from '../bridge.ts';
import type { ClientOffer } from './translate.ts';
import { UpstreamSession } from './upstream-session.ts';

/** Sessions at an upstream for clients that have none; never shared between owners. */
export class Pool {
  readonly #bridge: Bridge;
  readonly #newId: () => number;
  /** By key, the longest unused first. */
  readonly #sessions = new Map<string, UpstreamSession>();
  /** Of sessions that nothing uses. */
  readonly #idle = new Map<UpstreamSession, NodeJS.Timeout>();

  constructor(bridge: Bridge, newId: () => number) {
    this.#bridge = bridge;
    this.#newId = newId;
  }

  /** The session for a client's requests, opened if there is none. It has to be given back. */
  take(owner: string, client: ClientOffer): UpstreamSession | GateError {
    const key = keyOf(owner, client);
    const known = this.#sessions.get(key);
    const session = known ?? this.#open(key, owner, client);
    if (session instanceof GateError) return session;
    session.users++;
    clearTimeout(this.#idle.get(session));
    this.#idle.delete(session);
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    return session;
  }

  give(session: UpstreamSession): void {
    session.users--;
    if (session.users > 0 || session.closed) return;
    const end = () => void this.#end(session);
    this.#idle.set(session, setTimeout(end, this.#bridge.times.idle).unref());
  }

  /** Ends the sessions of an owner that nothing uses. */
  async end(owner: string): Promise<void> {
    const unused = [...this.#idle.keys()].filter((session) => session.owner === owner);
    await Promise.all(unused.map((session) => this.#end(session)));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => this.#end(session)));
  }

  #open(key: string, owner: string, client: ClientOffer): UpstreamSession | GateError {
    const full = this.#makeRoom(owner);
    if (full) return full;
    const session: UpstreamSession = new UpstreamSession({
      ...{ bridge: this.#bridge, owner, client, newId: this.#newId },
      onClosed: () => {
        if (this.#sessions.get(key) === session) this.#sessions.delete(key);
        clearTimeout(this.#idle.get(session));
        this.#idle.delete(session);
      },
    });
    this.#sessions.set(key, session);
    return session;
  }

  #makeRoom(owner: string): GateError | undefined {
    const { limits, name } = this.#bridge;
    const all = [...this.#sessions.values()];
    const own = all.filter((session) => session.owner === owner);
    const crowded = own.length >= limits.ownerSessions ? own : undefined;
    const candidates = crowded ?? (all.length >= limits.sessions ? all : undefined);
    if (!candidates) return undefined;
    const unused = candidates.find(({ users }) => users === 0);
    if (!unused) {
      const said = `upstream "${name}" has as many sessions as it may for clients that have none`;
      return new GateError('SESSION_LIMIT', said, { retryAfter: '5' });
    }
    void this.#end(unused);
    return undefined;
  }

  async #end(session: UpstreamSession): Promise<void> {
    await session.end();
  }
}

function keyOf(owner: string, { info, capabilities }: ClientOffer): string {
  return createHash('sha256')
    .update(JSON.stringify([owner, info, capabilities]))
    .digest('base64');
}
