import { GateError } from '../../model/errors.ts';
import { isObject, type JsonObject, textMember } from '../../model/json.ts';
import type {
  AnswerFrame,
  NotificationFrame,
  RequestFrame,
  RequestId,
} from '../../model/message.ts';
import { errorAnswer, rpcCodes } from '../../protocol/jsonrpc.ts';
import { sessionRevisionFor } from '../../protocol/revisions.ts';
import { checkCall, checkStream } from '../admission.ts';
import { type Caller, clientInfo, isStateless } from '../caller.ts';
import type { ClientSink } from '../client-sink.ts';
import type { Conduit } from '../conduit.ts';
import { newId } from '../new-id.ts';
import type { Rejected } from '../rejections.ts';
import type { ServerRequests } from '../server-requests.ts';
import type { Ends, Session } from '../session.ts';
import { addressed } from './addressing.ts';
import { Gathering, type GatheringOptions, keyOf, nobody, type Way } from './gathering.ts';
import { JoinedStream } from './joined-stream.ts';
import { JoinedSubscription } from './joined-subscription.ts';
import { ProgressTokens } from './progress-tokens.ts';
import { Renaming } from './renaming.ts';
import { NotingSink, RenamingSink, resultText, silentSink, TrackedSink } from './sinks.ts';
import { carried, type SubSession, SubSessions, type SubSessionsOptions } from './sub-sessions.ts';

export interface UnionOptions extends Omit<SubSessionsOptions, 'upstreams'>, GatheringOptions {
  readonly serverRequests: ServerRequests;
  /** Most streams and calls of a session at a time. */
  readonly sessionStreams: number;
  readonly sessionCalls: number;
  /** Records what no upstream ever hears of. */
  readonly reject: (rejected: Omit<Rejected, 'revision'>, error: GateError) => void;
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
  readonly #progress = new WeakMap<Session, ProgressTokens>();
  readonly #streams = new WeakMap<Session, Map<JoinedStream, Caller>>();

  constructor(options: UnionOptions) {
    const { naming } = options;
    this.#options = options;
    this.#subs = new SubSessions({
      ...options,
      upstreams: naming.upstreams,
      onOpen: (union, sub) => this.#join(union, sub),
    });
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
    checkCall(session, id, this.#options.sessionCalls);
    session.calls.set(id, {
      cancel: (reason, byClient) => this.#cancel(session, id, reason, byClient),
    });
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
    const told = this.#told(session, frame);
    if (frame.kind !== 'notification') {
      const [asked] = told;
      if (!asked) {
        const message = 'it answers a request that was not made in this session';
        throw new GateError('FRAME_INVALID', message);
      }
      return this.#options.relay.notify(own(caller, asked), asked.session, frame, client);
    }
    await Promise.all(
      told.map((sub) => {
        return this.#options.relay.notify(own(caller, sub), sub.session, frame, silentSink());
      }),
    );
    client.accepted();
  }

  /** Whom a message is for that names no target. */
  #told(session: Session, frame: NotificationFrame | AnswerFrame): readonly SubSession[] {
    const open = this.#subs.open(session);
    if (frame.kind !== 'notification') {
      const name = this.#options.serverRequests.sessionOf(frame.message.id);
      return open.filter((sub) => sub.session.name === name);
    }
    const { method, params } = frame.message;
    switch (method) {
      case 'notifications/cancelled':
        return open.filter((sub) => sub.session.calls.has(params?.requestId as RequestId));
      case 'notifications/progress': {
        const upstream = this.#tokens(session).of(params);
        return open.filter((sub) => sub.upstream === upstream);
      }
      case 'notifications/roots/list_changed':
        return open;
      default:
        // Each upstream has had its own `initialized`; of others nobody knows whom they are meant for.
        return [];
    }
  }

  #tokens(session: Session): ProgressTokens {
    const tokens = this.#progress.get(session) ?? new ProgressTokens();
    this.#progress.set(session, tokens);
    return tokens;
  }

  /** What one upstream sends to the client, in the words of the union. */
  #sink(client: ClientSink, upstream: string, method: string, session: Session | undefined) {
    const renamed = new RenamingSink(client, this.#renaming(upstream), method);
    return session ? new NotingSink(renamed, upstream, this.#tokens(session)) : renamed;
  }

  listen(caller: Caller, session: Session, _lastEventId: unknown, client: ClientSink): Ends {
    checkStream(session, this.#options.sessionStreams);
    const streams = this.#streams.get(session) ?? new Map<JoinedStream, Caller>();
    this.#streams.set(session, streams);
    const stream: JoinedStream = new JoinedStream(client, () => {
      session.streams.delete(stream);
      streams.delete(stream);
    });
    session.streams.add(stream);
    streams.set(stream, caller);
    const parts = async () => {
      const { open } = await this.#subs.all(caller, session);
      for (const sub of open) this.#hear(stream, caller, session, sub);
    };
    void parts().catch(() => stream.cancel());
    return stream;
  }

  /** One that comes late, or comes back, is heard on the streams that are open, and its lists are news. */
  #join(session: Session, sub: SubSession): void {
    for (const [stream, caller] of this.#streams.get(session) ?? []) {
      this.#hear(stream, caller, session, sub);
      stream.announce(sub.result.capabilities);
    }
  }

  #hear(stream: JoinedStream, caller: Caller, session: Session, sub: SubSession): void {
    const part = stream.part(sub.session.name);
    if (!part) return;
    const sink = this.#sink(part, sub.upstream, 'GET', session);
    try {
      stream.add(this.#options.relay.listen(own(caller, sub), sub.session, undefined, sink));
    } catch {
      // One that can't be listened to doesn't keep the others from being heard.
      sink.end();
    }
  }

  async leave(caller: Caller, session: Session): Promise<void> {
    const { relay, sessions } = this.#options;
    const open = this.#subs.open(session);
    const ended = sessions.end(session);
    this.#subs.forget(session);
    if (!ended) return;
    const parts = [...session.calls.values(), ...session.streams];
    await Promise.all(parts.map((part) => part.cancel('ended by the client', true)));
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
    const protocol = sessionRevisionFor(asked);
    const giveBack = sessions.reserve(caller.identity);
    giveBack();
    const union = sessions.begin({
      ...{ name: newId(), identity: caller.identity, upstream: '', protocol },
      ...{ client: clientInfo(frame), upstreamSession: carried(params, protocol) },
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
    const words = (upstream: string) => this.#sink(client, upstream, method, session);
    return gather({ caller, ways, frame, client, words });
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
    const { method, params } = frame.message;
    const found = addressed(naming, method, params);
    if (!found) return this.#unaddressed(caller, session, frame, client);
    const way = await this.#way(caller, session, found.upstream);
    const sink = this.#sink(client, found.upstream, method, session);
    const message = { ...frame.message, params: found.params };
    await relay.request(way.caller, way.session, { ...frame, message }, sink);
  }

  /** Names that lead nowhere are recorded: nobody shall try them out unseen. */
  #unaddressed(
    { identity, ip }: Caller,
    session: Session | undefined,
    { message }: RequestFrame,
    client: ClientSink,
  ): void {
    const { method } = message;
    const error = new GateError('UPSTREAM_UNKNOWN', 'no upstream has what the request names');
    this.#options.reject({ upstream: '', method, identity, ip, session: session?.name }, error);
    client.answer(JSON.stringify(unaddressed(message.id, method, message.params)));
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

  async #cancel(session: Session, id: RequestId, reason: string, byClient?: boolean) {
    for (const sub of this.#subs.open(session)) {
      await sub.session.calls.get(id)?.cancel(reason, byClient);
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
