import { GateError, messageOf } from '../../model/errors.ts';
import { isObject, type JsonObject, parseJson } from '../../model/json.ts';
import type { NotificationFrame, RequestFrame } from '../../model/message.ts';
import type { Clock, Log } from '../../model/seams.ts';
import type { Caller } from '../caller.ts';
import type { Conduit } from '../conduit.ts';
import { newId } from '../new-id.ts';
import type { Session } from '../session.ts';
import type { Sessions } from '../sessions.ts';
import { type Answered, AnswerSink, silentSink } from './sinks.ts';

/** A session with one upstream, inside one of the union. */
export interface SubSession {
  readonly upstream: string;
  readonly session: Session;
  /** What the upstream answered to `initialize`. */
  readonly result: JsonObject;
}

export interface SubSessionsOptions {
  readonly relay: Conduit;
  readonly sessions: Sessions;
  readonly upstreams: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

export interface SubSessionsInit extends SubSessionsOptions {
  /** Called whenever a session with an upstream has begun, also long after it was first asked for. */
  readonly onOpen: (union: Session, sub: SubSession) => void;
}

/** An upstream that did not take part is asked again after so many milliseconds. */
const RETRY = 10_000;
/** An upstream that has not answered by then comes later, in milliseconds: clients wait for all at once. */
const PATIENCE = 5_000;
/** Characters of what a session of the union carries in its id. */
const MAX_CARRIED = 2_048;

interface Member {
  readonly opening: Promise<SubSession | GateError>;
  /** Once it is open. */
  found?: SubSession;
  /** When a failed one may be tried again. */
  retryAt: number;
}

/** Sessions with each upstream, opened when they are needed and again when they have ended. */
export class SubSessions {
  readonly #options: SubSessionsInit;
  readonly #members = new WeakMap<Session, Map<string, Member>>();

  constructor(options: SubSessionsInit) {
    this.#options = options;
  }

  /** Sessions with every upstream that takes part, as far as they can be had soon; and why others don't. */
  async all(caller: Caller, union: Session) {
    const { upstreams } = this.#options;
    const found = await Promise.all(
      upstreams.map((it) => soon(this.#member(caller, union, it), it)),
    );
    return {
      open: found.filter(isOpen),
      missing: found.filter((it) => it instanceof GateError),
    };
  }

  /** @throws GateError why there is none */
  async one(caller: Caller, union: Session, upstream: string): Promise<SubSession> {
    const found = await this.#member(caller, union, upstream);
    if (found instanceof GateError) throw found;
    return found;
  }

  /** Those that are open just now. */
  open(union: Session): readonly SubSession[] {
    const members = [...(this.#members.get(union)?.values() ?? [])];
    return members.flatMap(({ found }) => (found ? [found] : []));
  }

  forget(union: Session): void {
    this.#members.delete(union);
  }

  async #member(caller: Caller, union: Session, upstream: string): Promise<SubSession | GateError> {
    const { clock, sessions } = this.#options;
    const members = this.#members.get(union) ?? new Map<string, Member>();
    this.#members.set(union, members);
    const known = members.get(upstream);
    const found = await known?.opening;
    if (found instanceof GateError && clock() < (known?.retryAt ?? 0)) return found;
    if (found && !(found instanceof GateError)) {
      try {
        sessions.find(found.session.id, caller.identity, upstream);
        return found;
      } catch {
        // It has ended, of itself or for being unused.
      }
    }
    // Another call may have begun it meanwhile.
    const newer = members.get(upstream);
    if (newer && newer !== known) return newer.opening;
    const member: Member = { opening: this.#begin(caller, union, upstream), retryAt: Infinity };
    members.set(upstream, member);
    const begun = await member.opening;
    if (isOpen(begun)) {
      member.found = begun;
      this.#options.onOpen(union, begun);
    }
    member.retryAt = clock() + RETRY;
    return begun;
  }

  async #begin(caller: Caller, union: Session, upstream: string): Promise<SubSession | GateError> {
    const { relay, sessions, log } = this.#options;
    const own = { ...caller, upstream };
    try {
      const sink = new AnswerSink();
      await relay.request(own, undefined, initializeFrame(union), sink);
      const answered = await sink.answered;
      if (answered.kind !== 'result' || answered.session === undefined) return refusalOf(answered);
      const session = sessions.find(answered.session, caller.identity, upstream);
      if (!sessions.isLive(union)) {
        // The client has left meanwhile.
        await relay.leave(own, session);
        return new GateError('SESSION_UNKNOWN', 'the session has ended');
      }
      await relay.notify(own, session, INITIALIZED, silentSink());
      return { upstream, session, result: answered.result };
    } catch (error) {
      log.debug({ upstream, cause: messageOf(error) }, 'an upstream does not take part in /mcp');
      return error instanceof GateError ? error : unavailable(upstream, error);
    }
  }
}

function isOpen(found: SubSession | GateError): found is SubSession {
  return !(found instanceof GateError);
}

const INITIALIZED: NotificationFrame = {
  ...{ kind: 'notification', direction: 'up' },
  message: { jsonrpc: '2.0', method: 'notifications/initialized' },
};

/** What a session of the union must know to open others: it is part of its id, so that a restarted gate knows it. */
export function carried(params: JsonObject, protocolVersion: string): string {
  const { capabilities, clientInfo } = params;
  const whole = { protocolVersion, capabilities, clientInfo };
  const text = JSON.stringify(whole);
  if (text.length <= MAX_CARRIED) return text;
  const names = isObject(capabilities) ? Object.keys(capabilities).slice(0, 16) : [];
  const bare = Object.fromEntries(names.map((name) => [name.slice(0, 32), {}]));
  const info = { name: 'client', version: '0' };
  return JSON.stringify({ protocolVersion, capabilities: bare, clientInfo: info });
}

function initializeFrame(union: Session): RequestFrame {
  const params = parseJson(union.upstreamSession ?? '{}') as JsonObject;
  const message = { jsonrpc: '2.0' as const, id: newId(), method: 'initialize', params };
  return { kind: 'request', direction: 'up', message };
}

function refusalOf(answered: Answered): GateError {
  if (answered.kind === 'failure') return answered.error;
  const said = answered.kind === 'error' ? String(answered.error.message) : 'it opened no session';
  return new GateError('UPSTREAM_STATUS', said);
}

function unavailable(upstream: string, cause: unknown): GateError {
  return new GateError('UPSTREAM_UNREACHABLE', `${upstream} cannot be reached`, { cause });
}

/** What a slow upstream brings comes with a later request. */
async function soon<T>(opening: Promise<T>, upstream: string): Promise<T | GateError> {
  const { promise, resolve } = Promise.withResolvers<GateError>();
  const late = new GateError('UPSTREAM_TIMEOUT', `${upstream} has not answered yet`);
  const timer = setTimeout(() => resolve(late), PATIENCE);
  try {
    return await Promise.race([opening, promise]);
  } finally {
    clearTimeout(timer);
  }
}
