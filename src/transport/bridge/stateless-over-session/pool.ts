import { createHash } from 'node:crypto';
import { GateError } from '../../../model/errors.ts';
import type { Aside } from '../ask.ts';
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

  /**
   * The session for a client's requests, opened if there is none. It has to be given back.
   *
   * @param aside hears of what is said to open it
   */
  take(owner: string, client: ClientOffer, aside?: Aside): UpstreamSession | GateError {
    const own = keyOf(owner, client);
    const isFree = this.#sessions.has(own) || this.#makeRoom(owner);
    const key = isFree ? own : this.#alike(owner, client);
    if (key === undefined) {
      const said = `upstream "${this.#bridge.name}" has as many sessions as it may for clients that have none`;
      return new GateError('SESSION_LIMIT', said, { retryAfter: '5' });
    }
    const session = this.#sessions.get(key) ?? this.#open(key, owner, client, aside);
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

  #open(key: string, owner: string, client: ClientOffer, aside?: Aside): UpstreamSession {
    const options = {
      ...{ bridge: this.#bridge, owner, client, newId: this.#newId },
      onClosed: () => {
        if (this.#sessions.get(key) === session) this.#sessions.delete(key);
        clearTimeout(this.#idle.get(session));
        this.#idle.delete(session);
      },
    };
    const session: UpstreamSession = new UpstreamSession(options, aside);
    this.#sessions.set(key, session);
    return session;
  }

  /** The key of a session of the same owner for a client that differs in its name only. */
  #alike(owner: string, { capabilities }: ClientOffer): string | undefined {
    const wanted = JSON.stringify(capabilities);
    const fits = (session: UpstreamSession) =>
      session.owner === owner && JSON.stringify(session.client.capabilities) === wanted;
    return this.#sessions.entries().find(([, session]) => fits(session))?.[0];
  }

  /** True where an owner may open one more session, for which one that nothing uses may have to go. */
  #makeRoom(owner: string): boolean {
    const { limits } = this.#bridge;
    const counts = new Map<string, number>();
    for (const session of this.#sessions.values()) {
      counts.set(session.owner, (counts.get(session.owner) ?? 0) + 1);
    }
    const own = counts.get(owner) ?? 0;
    // Whoever has a session must not take the last ones from those who have none.
    const room = own === 0 ? limits.sessions : Math.ceil(limits.sessions / 2);
    const isFull = own >= limits.ownerSessions;
    if (!isFull && this.#sessions.size < room) return true;
    if (this.#evict((other) => other === owner)) return true;
    return !isFull && this.#evict((other) => (counts.get(other) ?? 0) > own);
  }

  /** Ends the longest unused session of such an owner; false where all are in use. */
  #evict(from: (owner: string) => boolean): boolean {
    const unused = this.#sessions.values().find(({ owner, users }) => users === 0 && from(owner));
    if (unused) void this.#end(unused);
    return unused !== undefined;
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
