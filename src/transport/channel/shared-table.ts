import { GateError } from '../../model/errors.ts';
import type { Frame } from '../../model/message.ts';
import type { UpstreamSession, UpstreamSink } from '../contract.ts';
import type { Running } from './running.ts';
import type { CommonOptions } from './session-table.ts';
import { SharedChannel } from './shared-channel.ts';

/** The channels of an upstream in the stateless era: one for each owner, opened when it is needed. */
export class SharedTable {
  readonly #options: CommonOptions;
  readonly #running: Running;
  /** Those that take messages, by owner. */
  readonly #channels = new Map<string, SharedChannel>();

  constructor(options: CommonOptions, running: Running) {
    this.#options = options;
    this.#running = running;
  }

  /** As {@link UpstreamLink.send}. */
  send(frame: Frame, session: UpstreamSession, sink: UpstreamSink, signal: AbortSignal): void {
    if (signal.aborted) return;
    const { owner } = session;
    const open = this.#running.stopped ?? this.#channels.get(owner);
    const room = open ? undefined : this.#running.room();
    if (room instanceof Promise) {
      void room.then(() => this.send(frame, session, sink, signal));
      return;
    }
    const found = open ?? room ?? this.#start(owner);
    if (found instanceof GateError) sink.fail(found);
    else found.send(frame, sink, signal);
  }

  /** Ends an owner's channel, unless a call is under way on it. */
  async end({ owner }: UpstreamSession): Promise<void> {
    const channel = this.#channels.get(owner);
    if (channel?.dispensable) await channel.close();
  }

  #start(owner: string): SharedChannel {
    const channel: SharedChannel = new SharedChannel({
      ...this.#options,
      onClosing: () => {
        if (this.#channels.get(owner) === channel) this.#channels.delete(owner);
      },
      onGone: () => this.#running.delete(channel),
    });
    this.#channels.set(owner, channel);
    this.#running.add(channel);
    return channel;
  }
}
