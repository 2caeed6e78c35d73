import { GateError } from '../../../model/errors.ts';
import { principalOf } from '../../../model/identity.ts';
import {
  type AnswerFrame,
  type Frame,
  frameText,
  type RequestFrame,
} from '../../../model/message.ts';
import { checkCall, checkStream } from '../../../pipeline/admission.ts';
import { negotiated } from '../../../pipeline/call.ts';
import {
  type Caller,
  clientInfo,
  isStateless,
  upstreamSessionOf,
} from '../../../pipeline/caller.ts';
import type { ClientSink } from '../../../pipeline/client-sink.ts';
import type { Conduit } from '../../../pipeline/conduit.ts';
import { delivery } from '../../../pipeline/delivery.ts';
import { newId } from '../../../pipeline/new-id.ts';
import type { ServerRequests } from '../../../pipeline/server-requests.ts';
import type { Ends, Session } from '../../../pipeline/session.ts';
import type { Sessions } from '../../../pipeline/sessions.ts';
import type {
  UpstreamHead,
  UpstreamLink,
  UpstreamSession,
  UpstreamSink,
} from '../../../transport/contract.ts';

export interface MockConduitOptions {
  /** Ways to what was recorded, by the name of the upstream. */
  readonly links: ReadonlyMap<string, UpstreamLink>;
  readonly sessions: Sessions;
  readonly serverRequests: ServerRequests;
  /** Most calls and streams of a session at a time. */
  readonly limit: number;
}

/**
 * The gate's listener, without a gate behind it: what was recorded has passed one, so nothing is judged, masked or
 * recorded here.
 */
export class MockConduit implements Conduit {
  readonly #options: MockConduitOptions;

  constructor(options: MockConduitOptions) {
    this.#options = options;
  }

  async request(
    caller: Caller,
    session: Session | undefined,
    frame: RequestFrame,
    client: ClientSink,
  ): Promise<void> {
    const { id } = frame.message;
    const link = this.#link(caller.upstream);
    if (session) checkCall(session, id, this.#options.limit);
    const abort = new AbortController();
    const over = () => {
      session?.calls.delete(id);
    };
    session?.calls.set(id, {
      cancel: async () => {
        over();
        abort.abort();
        client.end();
      },
    });
    // Closing the stream is how a request without a session is taken back (2026-07-28, transports, cancellation).
    if (!session) client.onGone(() => abort.abort());
    const to = session ? upstreamSessionOf(session, caller.protocol) : unfounded(caller);
    const sink = this.#sink(caller, session, frame, client, over);
    link.send(frame, to, sink, abort.signal);
  }

  #sink(
    caller: Caller,
    session: Session | undefined,
    frame: RequestFrame,
    client: ClientSink,
    over: () => void,
  ): UpstreamSink {
    const founds = !session && !isStateless(caller);
    let head: UpstreamHead | undefined;
    return {
      open: (opened) => {
        head = opened;
        if (opened.streamed && !founds) client.open();
      },
      frame: (down) => {
        if (down.kind !== 'result' && down.kind !== 'error') {
          return this.#beside(down, session, client);
        }
        over();
        const begun = founds ? this.#begin(caller, frame, down, head) : undefined;
        client.answer(frameText(down), begun?.id);
      },
      end: () => {
        over();
        client.end();
      },
      fail: (error) => {
        over();
        client.fail(error);
      },
    };
  }

  #beside(
    frame: Exclude<Frame, AnswerFrame>,
    session: Session | undefined,
    client: ClientSink,
    eventId?: string,
  ): void | Promise<void> {
    const { serverRequests } = this.#options;
    if (frame.kind === 'request' && !session) return;
    client.open();
    const sent = frame.kind === 'request' && session ? serverRequests.issue(frame, session) : frame;
    return client.message(frameText(sent), eventId);
  }

  #begin(
    { identity, upstream }: Caller,
    frame: RequestFrame,
    answer: AnswerFrame,
    head: UpstreamHead | undefined,
  ): Session | undefined {
    if (answer.kind !== 'result') return undefined;
    return this.#options.sessions.begin({
      ...{ name: newId(), identity, upstream, client: clientInfo(frame) },
      ...{ upstreamSession: head?.session, protocol: negotiated(answer) },
    });
  }

  async notify(
    caller: Caller,
    session: Session,
    frame: Parameters<Conduit['notify']>[2],
    client: ClientSink,
  ): Promise<void> {
    const to = upstreamSessionOf(session, caller.protocol);
    const sent = frame.kind === 'notification' ? frame : this.#redeemed(frame, session);
    if (frame.kind === 'notification' && frame.message.method === 'notifications/cancelled') {
      const { requestId } = frame.message.params ?? {};
      const id = requestId as string | number;
      await session.calls.get(id)?.cancel('cancelled by the client', true);
    }
    const failure = await delivery(this.#link(caller.upstream), sent, to);
    if (failure) client.fail(failure);
    else client.accepted();
  }

  /** @throws GateError FRAME_INVALID: it answers what was not asked in this session */
  #redeemed(frame: AnswerFrame, session: Session): Frame {
    const asked = this.#options.serverRequests.redeem(frame.message.id, session);
    if (!asked) {
      const message = 'it answers a request that was not made in this session';
      throw new GateError('FRAME_INVALID', message);
    }
    const { source: _, ...bare } = frame;
    return { ...bare, message: { ...frame.message, id: asked.id } } as Frame;
  }

  listen(
    caller: Caller,
    session: Session,
    lastEventId: string | undefined,
    client: ClientSink,
  ): Ends {
    checkStream(session, this.#options.limit);
    const link = this.#link(caller.upstream);
    const abort = new AbortController();
    const stream: Ends = {
      cancel: async () => {
        session.streams.delete(stream);
        abort.abort();
        client.end();
      },
    };
    session.streams.add(stream);
    const to = upstreamSessionOf(session, caller.protocol);
    link.listen(to, lastEventId, this.#streamSink(session, client, stream), abort.signal);
    return stream;
  }

  #streamSink(session: Session, client: ClientSink, stream: Ends): UpstreamSink {
    const over = () => session.streams.delete(stream);
    return {
      open: () => client.open(),
      frame: (down, eventId) => {
        if (down.kind === 'result' || down.kind === 'error') return;
        return this.#beside(down, session, client, eventId);
      },
      end: () => {
        over();
        client.end();
      },
      fail: (error) => {
        over();
        client.fail(error);
      },
    };
  }

  async leave(caller: Caller, session: Session): Promise<void> {
    if (!this.#options.sessions.end(session)) return;
    const parts = [...session.calls.values(), ...session.streams];
    await Promise.all(parts.map((part) => part.cancel('ended by the client', true)));
    await this.#link(caller.upstream).end(upstreamSessionOf(session));
  }

  #link(upstream: string): UpstreamLink {
    const link = this.#options.links.get(upstream);
    if (!link) throw new GateError('UPSTREAM_UNKNOWN', `nothing of "${upstream}" is replayed here`);
    return link;
  }
}

function unfounded({ identity, protocol }: Caller): UpstreamSession {
  return { owner: principalOf(identity), protocol };
}
