import { isObject, type Json, type JsonObject, parseJson, textMember } from '../../model/json.ts';
import type { ClientSink } from '../client-sink.ts';
import type { Ends } from '../session.ts';
import { silentSink } from './sinks.ts';

/** Milliseconds in which the same change at several upstreams is one. */
const GATHER = 50;

/** The streams of several upstreams as one. It lasts until its client or its session ends it. */
export class JoinedStream implements Ends {
  readonly #client: ClientSink;
  readonly #over: () => void;
  readonly #parts: Ends[] = [];
  readonly #heard = new Set<string>();
  readonly #changes = new Map<string, NodeJS.Timeout>();
  #ended = false;

  constructor(client: ClientSink, over: () => void) {
    this.#client = client;
    this.#over = over;
    client.open();
  }

  /**
   * Takes what one upstream sends; undefined once the stream is over, or where it is heard already.
   *
   * @param session name of the session with it
   */
  part(session: string): ClientSink | undefined {
    if (this.#ended || this.#heard.has(session)) return undefined;
    this.#heard.add(session);
    const client = this.#client;
    return {
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
  }

  /** Says that the lists have changed that an upstream with these capabilities has. */
  announce(capabilities: Json | undefined): void {
    for (const kind of ['tools', 'resources', 'prompts']) {
      if (!isObject(capabilities) || !Object.hasOwn(capabilities, kind)) continue;
      const method = `notifications/${kind}/list_changed`;
      this.#changed(method, JSON.stringify({ jsonrpc: '2.0', method }));
    }
  }

  /** What ends with the stream. */
  add(part: Ends): void {
    if (this.#ended) void part.cancel('the stream is over');
    else this.#parts.push(part);
  }

  /** After a reload every upstream says the same, and once is enough: the list is that of the union. */
  #changed(method: string, text: string): void {
    if (this.#ended || this.#changes.has(method)) return;
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
