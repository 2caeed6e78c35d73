import type { ClientSink } from '../client-sink.ts';
import type { Ends } from '../session.ts';
import type { Renaming } from './renaming.ts';
import { RenamingSink, silentSink } from './sinks.ts';

/** The streams of several upstreams as one. It lasts until its client or its session ends it. */
export class JoinedStream implements Ends {
  readonly #client: ClientSink;
  readonly #over: () => void;
  readonly #parts: Ends[] = [];
  #ended = false;

  constructor(client: ClientSink, over: () => void) {
    this.#client = client;
    this.#over = over;
    client.open();
  }

  /** Takes what one upstream sends; undefined once the stream is over. */
  part(renaming: Renaming): ClientSink | undefined {
    if (this.#ended) return undefined;
    const client = this.#client;
    const heard: ClientSink = {
      ...silentSink(),
      get gone() {
        return client.gone;
      },
      onGone: (listener) => client.onGone(listener),
      message: (text) => client.message(text),
    };
    return new RenamingSink(heard, renaming, 'GET');
  }

  /** What ends with the stream. */
  add(part: Ends): void {
    if (this.#ended) void part.cancel('the stream is over');
    else this.#parts.push(part);
  }

  async cancel(reason = 'the client closed its stream'): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#over();
    await Promise.all(this.#parts.map((part) => part.cancel(reason)));
    this.#client.end();
  }
}
