import { randomUUID } from 'node:crypto';
import { GateError } from '../../model/errors.ts';
import type { Frame } from '../../model/message.ts';
import type { UpstreamSession, UpstreamSink } from '../contract.ts';
import type { Running } from './running.ts';
import { Session, type SessionOptions } from './session.ts';

/** What all sessions of a link have in common. */
export type CommonOptions = Omit<SessionOptions, 'id' | 'onClosing' | 'onGone'>;

/** The sessions of an upstream, a channel for each. `initialize` opens one. */
export class SessionTable {
  readonly #options: CommonOptions;
  readonly #running: Running;
  /** Those that take messages, by id. */
  readonly #sessions = new Map<string, Session>();

  constructor(options: CommonOptions, running: Running) {
    this.#options = options;
    this.#running = running;
  }

  /** As {@link UpstreamLink.send}. */
  send(frame: Frame, session: UpstreamSession, sink: UpstreamSink, signal: AbortSignal): void {
    if (signal.aborted) return;
    const opens = session.session === undefined && isInitialize(frame);
    const room = opens ? this.#running.room() : undefined;
    if (room instanceof Promise) {
      void room.then(() => this.send(frame, session, sink, signal));
      return;
    }
    const found = room ?? (opens ? this.#start() : this.#find(session.session));
    if (found instanceof GateError) sink.fail(found);
    else found.send(frame, sink, signal);
  }

  /** As {@link UpstreamLink.listen}. No event has an id here, so none can be asked for again. */
  listen({ session: id }: UpstreamSession, sink: UpstreamSink, signal: AbortSignal): void {
    if (signal.aborted) return;
    const session = this.#find(id);
    if (session instanceof GateError) sink.fail(session);
    else session.listen(sink, signal);
  }

  async end({ session: id }: UpstreamSession): Promise<void> {
    if (id !== undefined) await this.#sessions.get(id)?.close();
  }

  #start(): Session {
    const id = randomUUID();
    const session: Session = new Session({
      ...this.#options,
      id,
      onClosing: () => this.#sessions.delete(id),
      onGone: () => this.#running.delete(session),
    });
    this.#sessions.set(id, session);
    this.#running.add(session);
    return session;
  }

  #find(id: string | undefined): Session | GateError {
    const session = id === undefined ? undefined : this.#sessions.get(id);
    const unknown = () => new GateError('SESSION_UNKNOWN', 'the upstream has no such session');
    return this.#running.stopped ?? session ?? unknown();
  }
}

function isInitialize(frame: Frame): boolean {
  return frame.kind === 'request' && frame.message.method === 'initialize';
}
