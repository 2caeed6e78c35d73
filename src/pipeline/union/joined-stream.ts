import { type JsonObject, parseJson, textMember } from '../../model/json.ts';
import type { ClientSink } from '../client-sink.ts';
import type { Ends } from '../session.ts';
import type { Renaming } from './renaming.ts';
import { RenamingSink, silentSink } from './sinks.ts';

/** Milliseconds in which the same change at several upstreams is one. */
const GATHER = 50;

/** The streams of several upstreams as one. It lasts until its client or its session ends it. */
export class JoinedStream implements Ends {
  readonly #client: ClientSink;
  readonly #over: () => void;
  readonly #parts: Ends[] = [];
  readonly #changes = new Map<string, NodeJS.Timeout>();
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
      message: (text) => {
        const method = changedBy(text);
        return method === undefined ? client.message(text) : this.#changed(method, text);
      },
    };
    return new RenamingSink(heard, renaming, 'GET');
  }

  /** What ends with the stream. */
  add(part: Ends): void {
    if (this.#ended) void part.cancel('the stream is over');
    else this.#parts.push(part);
  }

  /** After a reload every upstream says the same, and once is enough: the list is that of the union. */
  #changed(method: string, text: string): void {
    if (this.#changes.has(method)) return;
    const soon = setTimeout(() => {
      this.#changes.delete(method);
      void this.#client.message(text);
    }, GATHER);
    this.#changes.set(method, soon);
  }

  async cancel(reason = 'the client closed its stream'): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    for (const soon of this.#changes.values()) clearTimeout(soon);
    this.#over();
    await Promise.all(this.#parts.map((part) => part.cancel(reason)));
    this.#client.end();
  }
}

/** The method of a message that says that a list has changed; undefined of any other. */
function changedBy(text: string): string | undefined {
  if (!text.includes('/list_changed"')) return undefined;
  const method = textMember(parseJson(text) as JsonObject, 'method');
  return method?.endsWith('/list_changed') ? method : undefined;
}
