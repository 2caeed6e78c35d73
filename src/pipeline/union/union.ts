import { GateError } from '../../model/errors.ts';
import { isObject, type JsonObject, textMember } from '../../model/json.ts';
import type {
  AnswerFrame,
  NotificationFrame,
  RequestFrame,
  RequestId,
} from '../../model/message.ts';
import { errorAnswer, rpcCodes } from '../../protocol/jsonrpc.ts';
import { isSessionRevision, LATEST_SESSION } from '../../protocol/revisions.ts';
import { type Caller, clientInfo, isStateless } from '../caller.ts';
import type { ClientSink } from '../client-sink.ts';
import type { Conduit } from '../conduit.ts';
import { newId } from '../new-id.ts';
import type { ServerRequests } from '../server-requests.ts';
import type { Ends, Session } from '../session.ts';
import { addressed } from './addressing.ts';
import { Gathering, type GatheringOptions, keyOf, nobody, type Way } from './gathering.ts';
import { JoinedStream } from './joined-stream.ts';
import { JoinedSubscription } from './joined-subscription.ts';
import { Renaming } from './renaming.ts';
import { RenamingSink, resultText, silentSink, TrackedSink } from './sinks.ts';
import { carried, type SubSession, SubSessions, type SubSessionsOptions } from './sub-sessions.ts';

export interface UnionOptions extends Omit<SubSessionsOptions, 'upstreams'>, GatheringOptions {
  readonly serverRequests: ServerRequests;
  /** Most streams of a session at a time. */
  readonly sessionStreams: number;
}

/**
 * All upstreams of a caller as one server. Each message goes to the upstreams that it is for, in their own words, as an
 * exchange of its own: so policy and transcripts know nothing of the union.
 */
export class Union implements Conduit {
  readonly #options: UnionOptions;
  readonly #subs: SubSessions;
  readonly #renamings: ReadonlyMap<string, Renaming>;
  readonly #gathering: Gathering;

  constructor(options: UnionOptions) {
    const { naming } = options;
    this.#options = options;
    this.#subs = new SubSessions({ ...options, upstreams: naming.upstreams });
    this.#renamings = new Map(naming.upstreams.map((it) => [it, new Renaming(naming, it)]));
    this.#gathering = new Gathering(options, this.#renamings);
  }

  async request(
    caller: Caller,
    session: Session | undefined,
    frame: RequestFrame,
    client: ClientSink,
  ): Promise<void> {
    if (!session) {
      if (isStateless(caller)) return this.#serve(caller, undefined, frame, client);
      return this.#begin(caller, frame, client);
    }
    const { id } = frame.message;
    if (session.calls.has(id)) {
      throw new GateError('REQUEST_DUPLICATE', 'a request with this id is still open', {
        hint: 'use a new id for each request',
      });
    }
    session.calls.set(id, { cancel: (reason) => this.#cancel(session, id, reason) });
    const over = () => {
      session.calls.delete(id);
      this.#options.sessions.touch(session);
    };
    const tracked = new TrackedSink(client, over);
    try {
      await this.#serve(caller, session, frame, tracked);
    } catch (error) {
      over();
      throw error;
    }
  }

  async notify(
    caller: Caller,
    session: Session,
    frame: NotificationFrame | AnswerFrame,
    client: ClientSink,
  ): Promise<void> {
    const open = await this.#subs.open(session);
    if (frame.kind !== 'notification') {
      const name = this.#options.serverRequests.sessionOf(frame.message.id);
      const asked = open.find((sub) => sub.session.name === name);
      if (!asked) {
        const message = 'it answers a request that was not made in this session';
        throw new GateError('FRAME_INVALID', message);
      }
      return this.#options.relay.notify(own(caller, asked), asked.session, frame, client);
    }
    // Each session with an upstream has had its own already.
    const { method } = frame.message;
    const told = method === 'notifications/initialized' ? [] : open;
    await Promise.all(
      told.map((sub) => {
        return this.#options.relay.notify(own(caller, sub), sub.session, frame, silentSink());
      }),
    );
    client.accepted();
  }

  listen(caller: Caller, session: Session, _lastEventId: unknown, client: ClientSink): Ends {
    const { sessionStreams } = this.#options;
    if (session.streams.size >= sessionStreams) {
      const message = `the session has ${sessionStreams} streams already`;
      throw new GateError('CALL_LIMIT', message, { retryAfter: '1' });
    }
    const stream: JoinedStream = new JoinedStream(client, () => session.streams.delete(stream));
    session.streams.add(stream);
    const parts = async () => {
      const { open } = await this.#subs.all(caller, session);
      for (const sub of open) {
        const sink = stream.part(this.#renaming(sub.upstream));
        if (!sink) return;
        try {
          const part = this.#options.relay.listen(own(caller, sub), sub.session, undefined, sink);
          stream.add(part);
        } catch {
          // One that can't be listened to doesn't keep the others from being heard.
          sink.end();
        }
      }
    };
    void parts().catch(() => stream.cancel());
    return stream;
  }

  async leave(caller: Caller, session: Session): Promise<void> {
    const { relay, sessions } = this.#options;
    const open = await this.#subs.open(session);
    const ended = sessions.end(session);
    this.#subs.forget(session);
    if (!ended) return;
    const parts = [...session.calls.values(), ...session.streams];
    await Promise.all(parts.map((part) => part.cancel('ended by the client')));
    await Promise.all(open.map((sub) => relay.leave(own(caller, sub), sub.session)));
  }

  /** What `initialize` asks of every upstream, and the session that begins when one of them agrees. */
  async #begin(caller: Caller, frame: RequestFrame, client: ClientSink): Promise<void> {
    const { id, method, params = {} } = frame.message;
    const { sessions } = this.#options;
    if (method !== 'initialize') {
      throw new GateError('SESSION_MISSING', 'the request names no session');
    }
    const asked = textMember(params, 'protocolVersion') ?? '';
    const protocol = isSessionRevision(asked) ? asked : LATEST_SESSION;
    const giveBack = sessions.reserve(caller.identity);
    giveBack();
    const union = sessions.begin({
      ...{ name: newId(), identity: caller.identity, upstream: '', protocol },
      ...{ client: clientInfo(frame), upstreamSession: carried(params) },
    });
    const { open, missing } = await this.#subs.all(caller, union);
    if (open.length === 0 || client.gone) {
      await this.leave(caller, union);
      return client.fail(missing[0] ?? nobody());
    }
    const result = { protocolVersion: protocol, ...this.#gathering.introduced(open) };
    client.answer(resultText(id, result), union.id);
  }

  async #serve(
    caller: Caller,
    session: Session | undefined,
    frame: RequestFrame,
    client: ClientSink,
  ): Promise<void> {
    const { id, method } = frame.message;
    if (method === 'ping') return client.answer(resultText(id, {}));
    if (method === 'subscriptions/listen') return this.#subscribe(caller, frame, client);
    const gather = this.#gatherer(method);
    if (!gather) return this.#route(caller, session, frame, client);
    const ways = await this.#ways(caller, session, method);
    return gather(caller, ways, frame, client);
  }

  /** What is asked of all; undefined for what one of them answers. */
  #gatherer(method: string) {
    const gathering = this.#gathering;
    if (keyOf(method) !== undefined) return gathering.list.bind(gathering);
    if (method === 'server/discover') return gathering.discover.bind(gathering);
    return method === 'logging/setLevel' ? gathering.toAll.bind(gathering) : undefined;
  }

  /** To the one upstream that the request names. */
  async #route(
    caller: Caller,
    session: Session | undefined,
    frame: RequestFrame,
    client: ClientSink,
  ): Promise<void> {
    const { naming, relay } = this.#options;
    const { id, method, params } = frame.message;
    const found = addressed(naming, method, params);
    if (!found) return client.answer(JSON.stringify(unaddressed(id, method, params)));
    const way = await this.#way(caller, session, found.upstream);
    const sink = new RenamingSink(client, this.#renaming(found.upstream), method);
    const message = { ...frame.message, params: found.params };
    await relay.request(way.caller, way.session, { ...frame, message }, sink);
  }

  async #subscribe(caller: Caller, frame: RequestFrame, client: ClientSink): Promise<void> {
    const { naming, relay } = this.#options;
    const joined = new JoinedSubscription(frame, client, naming);
    const parts = joined.parts.map(({ upstream, frame: part, sink }) => {
      const renamed = new RenamingSink(sink, this.#renaming(upstream), frame.message.method);
      return relay.request({ ...caller, upstream }, undefined, part, renamed).catch((error) => {
        sink.fail(error);
      });
    });
    await Promise.all(parts);
  }

  #renaming(upstream: string): Renaming {
    const renaming = this.#renamings.get(upstream);
    if (!renaming) throw new GateError('UPSTREAM_UNKNOWN', `there is no upstream "${upstream}"`);
    return renaming;
  }

  /** The ways to all upstreams that may have an answer. */
  async #ways(caller: Caller, session: Session | undefined, method: string): Promise<Way[]> {
    if (!session) {
      return this.#options.naming.upstreams.map((upstream) => {
        return { upstream, caller: { ...caller, upstream }, session: undefined };
      });
    }
    const { open } = await this.#subs.all(caller, session);
    const able = open.filter(({ result }) => offers(result.capabilities, method));
    return able.map((sub) => ({ ...sub, caller: own(caller, sub) }));
  }

  async #way(caller: Caller, session: Session | undefined, upstream: string): Promise<Way> {
    if (!session) return { upstream, caller: { ...caller, upstream }, session: undefined };
    const sub = await this.#subs.one(caller, session, upstream);
    return { ...sub, caller: own(caller, sub) };
  }

  async #cancel(session: Session, id: RequestId, reason: string): Promise<void> {
    for (const sub of await this.#subs.open(session)) {
      await sub.session.calls.get(id)?.cancel(reason);
    }
  }
}

/** The caller at one upstream; the revision is the one that was agreed on there. */
function own(caller: Caller, { upstream }: SubSession): Caller {
  return { ...caller, upstream, protocol: undefined };
}

/** True where an upstream's capabilities say that it answers a method. */
function offers(capabilities: unknown, method: string): boolean {
  if (!isObject(capabilities as JsonObject)) return false;
  const [kind = ''] = method.split('/');
  return Object.hasOwn(capabilities as JsonObject, kind);
}

function unaddressed(id: RequestId, method: string, params: JsonObject = {}) {
  const name = textMember(params, 'name') ?? textMember(params, 'uri');
  if (method.startsWith('resources/')) {
    return errorAnswer(id, rpcCodes.invalidParams, 'Resource not found', { uri: name ?? '' });
  }
  if (name === undefined) return errorAnswer(id, rpcCodes.methodNotFound, 'Method not found');
  const kind = method === 'prompts/get' ? 'prompt' : 'tool';
  return errorAnswer(id, rpcCodes.invalidParams, `Unknown ${kind}: ${name.slice(0, 200)}`);
}
