import { GateError } from '../model/errors.ts';
import type { ClientInfo, Identity } from '../model/identity.ts';
import { isObject, textMember } from '../model/json.ts';
import type { Clock } from '../model/seams.ts';
import type { Seal } from '../protocol/seal.ts';
import { Session } from './session.ts';

export interface SessionsOptions {
  readonly seal: Seal;
  readonly clock: Clock;
  /** Most sessions at a time. */
  readonly limit: number;
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
}

/** Ended sessions remembered, so that their sealed ids don't live on. */
const MAX_ENDED = 100_000;
/** An id longer than this was not made here. */
const MAX_ID_LENGTH = 4_096;

const START_ANEW = 'start a new session with initialize';

/**
 * Sessions of callers. Ids are sealed and carry what a session is, so a restarted gate with the same key, or another
 * replica, knows the sessions of this one.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #live = new Map<string, Session>();
  readonly #ended = new Set<string>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#live.size;
  }

  /** @throws GateError SESSION_LIMIT where there are as many as there may be */
  makeRoom(): void {
    const { limit } = this.#options;
    if (this.#live.size < limit) return;
    const hint = 'end sessions that are no longer used, or raise limits.sessions';
    throw new GateError('SESSION_LIMIT', `there are ${limit} sessions already`, { hint });
  }

  /** Begins a session and makes the id that its client will hold. */
  begin({ name, identity, upstream, client, upstreamSession, protocol }: SessionFounding): Session {
    const { sub, issuer } = identity;
    const usedAt = this.#options.clock();
    const id = this.#options.seal.seal({
      n: name,
      s: sub,
      i: issuer,
      u: upstream,
      ...(upstreamSession === undefined ? {} : { x: upstreamSession }),
      ...(protocol === undefined ? {} : { p: protocol }),
      ...(client.name === undefined ? {} : { c: client.name }),
      ...(client.version === undefined ? {} : { v: client.version }),
    });
    const facts = { name, id, sub, issuer, upstream, upstreamSession, client, protocol, usedAt };
    const session = new Session(facts);
    this.#live.set(id, session);
    return session;
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
    this.#live.delete(session.id);
    if (this.#ended.has(session.name)) return false;
    this.#ended.add(session.name);
    if (this.#ended.size > MAX_ENDED) {
      const [oldest] = this.#ended;
      if (oldest !== undefined) this.#ended.delete(oldest);
    }
    return true;
  }

  all(): Session[] {
    return [...this.#live.values()];
  }

  /** Sessions that nothing has used for too long. */
  idle(): Session[] {
    const before = this.#options.clock() - this.#options.idle;
    return this.all().filter((session) => !session.busy && session.usedAt < before);
  }

  #adopt(id: string): Session | undefined {
    const facts = id.length <= MAX_ID_LENGTH ? this.#options.seal.open(id) : undefined;
    if (!isObject(facts) || this.#live.size >= this.#options.limit) return undefined;
    const name = textMember(facts, 'n');
    const sub = textMember(facts, 's');
    const issuer = textMember(facts, 'i');
    const upstream = textMember(facts, 'u');
    if (name === undefined || sub === undefined || issuer === undefined || upstream === undefined) {
      return undefined;
    }
    if (this.#ended.has(name)) return undefined;
    const clientName = textMember(facts, 'c');
    const version = textMember(facts, 'v');
    const client = {
      ...(clientName === undefined ? {} : { name: clientName }),
      ...(version === undefined ? {} : { version }),
    };
    const upstreamSession = textMember(facts, 'x');
    const protocol = textMember(facts, 'p');
    const usedAt = this.#options.clock();
    const init = { name, id, sub, issuer, upstream, upstreamSession, client, protocol, usedAt };
    const session = new Session(init);
    this.#live.set(id, session);
    return session;
  }
}
