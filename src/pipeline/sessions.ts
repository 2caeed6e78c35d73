import { GateError } from '../model/errors.ts';
import type { ClientInfo, Identity } from '../model/identity.ts';
import type { Clock } from '../model/seams.ts';
import type { Seal } from '../protocol/seal.ts';
import { Quota } from './quota.ts';
import { Session } from './session.ts';
import { SessionIds } from './session-ids.ts';

export interface SessionsOptions {
  readonly seal: Seal;
  readonly clock: Clock;
  /** Most sessions at a time. */
  readonly limit: number;
  /** Most sessions of one caller at a time. */
  readonly callerLimit: number;
  /** No session lives longer, in milliseconds. */
  readonly lifetime: number;
  /** A session unused for so long has ended, in milliseconds. */
  readonly idle: number;
}

/** What a session begins with. */
export interface SessionFounding {
  readonly name: string;
  readonly identity: Identity;
  readonly upstream: string;
  readonly upstreamSession: string | undefined;
  readonly client: ClientInfo;
  readonly protocol: string | undefined;
  /** See {@link Session.visits}. */
  readonly visits?: boolean;
}

/** Ended sessions remembered, so that their sealed ids don't live on. */
const MAX_ENDED = 100_000;

const START_ANEW = 'start a new session with initialize';

/**
 * Sessions of callers. Ids are sealed and carry what a session is, so a restarted gate with the same key, or another
 * replica, knows the sessions of this one.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #ids: SessionIds;
  readonly #live = new Map<string, Session>();
  readonly #ended = new Set<string>();
  readonly #quota: Quota;
  /** Places kept for sessions whose upstream has not answered yet. */
  #reserved = 0;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#ids = new SessionIds(options.seal);
    this.#quota = new Quota(options.callerLimit);
  }

  get size(): number {
    return this.#live.size;
  }

  /**
   * Keeps a place for a session that may begin.
   *
   * @returns gives the place back; to be called once, whether the session has begun or not
   * @throws GateError SESSION_LIMIT where there are as many as there may be
   */
  reserve(identity: Identity): () => void {
    const { limit } = this.#options;
    if (this.#live.size + this.#reserved >= limit) throw full(limit, 'there are');
    if (this.#quota.isFull(identity)) throw full(this.#quota.limit, 'the caller has');
    this.#reserved++;
    this.#quota.take(identity);
    return () => {
      this.#reserved--;
      this.#quota.give(identity);
    };
  }

  /** Begins a session and makes the id that its client will hold. */
  begin({ identity, ...founding }: SessionFounding): Session {
    const { sub, issuer } = identity;
    const begunAt = this.#options.clock();
    const facts = { ...founding, sub, issuer, begunAt };
    return this.#enter(new Session({ ...facts, id: this.#ids.issue(facts), usedAt: begunAt }));
  }

  /**
   * The session that an id names.
   *
   * @throws GateError SESSION_UNKNOWN, SESSION_FOREIGN
   */
  find(id: string, identity: Identity, upstream: string): Session {
    const session = this.#live.get(id) ?? this.#adopt(id);
    if (!session) {
      throw new GateError('SESSION_UNKNOWN', 'the session is unknown or has ended', {
        hint: START_ANEW,
      });
    }
    const { sub, issuer } = identity;
    if (session.sub !== sub || session.issuer !== issuer || session.upstream !== upstream) {
      throw new GateError('SESSION_FOREIGN', 'the session is unknown or has ended', {
        hint: START_ANEW,
      });
    }
    this.touch(session);
    return session;
  }

  /** It is in use just now. */
  touch(session: Session): void {
    session.usedAt = this.#options.clock();
  }

  /** Forgets a session for good. False where it had ended before. */
  end(session: Session): boolean {
    if (this.#live.delete(session.id)) this.#quota.give(session);
    if (this.#ended.has(session.name)) return false;
    this.#ended.add(session.name);
    if (this.#ended.size > MAX_ENDED) {
      const [oldest] = this.#ended;
      if (oldest !== undefined) this.#ended.delete(oldest);
    }
    return true;
  }

  isLive(session: Session): boolean {
    return this.#live.get(session.id) === session;
  }

  all(): Session[] {
    return [...this.#live.values()];
  }

  /** Sessions that nothing has used for too long, or that have lived long enough. */
  overdue(): Session[] {
    const { clock, idle, lifetime } = this.#options;
    const now = clock();
    return this.all().filter(
      (session) =>
        session.begunAt < now - lifetime || (!session.busy && session.usedAt < now - idle),
    );
  }

  #enter(session: Session): Session {
    this.#live.set(session.id, session);
    this.#quota.take(session);
    return session;
  }

  /** A session of this gate before it was restarted, or of another replica. */
  #adopt(id: string): Session | undefined {
    const { clock, lifetime, limit } = this.#options;
    const facts = this.#ids.read(id);
    if (!facts || this.#ended.has(facts.name) || this.#live.size >= limit) return undefined;
    const usedAt = clock();
    if (facts.begunAt < usedAt - lifetime) return undefined;
    return this.#enter(new Session({ ...facts, id, usedAt }));
  }
}

function full(limit: number, whose: string): GateError {
  const hint =
    'end sessions that are no longer used, or raise limits.sessions and limits.caller_sessions';
  return new GateError('SESSION_LIMIT', `${whose} ${limit} sessions already`, { hint });
}
