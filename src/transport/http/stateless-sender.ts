import { type JsonObject, textMember } from '../../model/json.ts';
import type { Frame, Request, RequestFrame, ResultFrame } from '../../model/message.ts';
import type { Log } from '../../model/seams.ts';
import { rpcCodes } from '../../protocol/jsonrpc.ts';
import { metaKeys, metaOf } from '../../protocol/meta.ts';
import { requestHeaders } from '../../protocol/request-headers.ts';
import { paramHeaders } from '../../protocol/tool-headers.ts';
import type { UpstreamHead, UpstreamSink } from '../contract.ts';
import { HeaderBook } from './header-book.ts';

/** A POST with headers of its own; `lasting` where its stream may be silent for as long as it likes. */
export interface Posting {
  readonly frame: Frame;
  readonly headers: readonly string[];
  readonly lasting?: boolean;
}
export type Post = (posting: Posting, sink: UpstreamSink, signal: AbortSignal) => void;

/** Pages of a list of tools that the link reads by itself. */
const MAX_PAGES = 100;
/** How long a list that has been read tells of unknown tools too, in milliseconds. */
const FRESH = 60_000;
/** Lists are not read more often than this, in milliseconds, whatever the upstream answers. */
const PAUSE = 1_000;

/** Sends messages of the stateless era, with headers that repeat what the body says as it leaves. */
export class StatelessSender {
  readonly #post: Post;
  readonly #book: HeaderBook;
  readonly #timeout: number;
  #listing: Promise<void> | undefined;
  #listedAt = Number.NEGATIVE_INFINITY;

  constructor(options: { name: string; log: Log; timeout: number; post: Post }) {
    this.#post = options.post;
    this.#book = new HeaderBook(options.name, options.log);
    this.#timeout = options.timeout;
  }

  send(frame: Frame, sink: UpstreamSink, signal: AbortSignal): void {
    if (frame.kind !== 'request') {
      const headers = frame.kind === 'notification' ? requestHeaders(frame.message) : [];
      return this.#post({ frame, headers }, sink, signal);
    }
    const headers = requestHeaders(frame.message);
    switch (frame.message.method) {
      case 'tools/call':
        return this.#call(frame, sink, signal);
      case 'tools/list':
        return this.#post({ frame, headers }, this.#learning(sink), signal);
      case 'subscriptions/listen':
        return this.#post({ frame, headers, lasting: true }, sink, signal);
      default:
        return this.#post({ frame, headers }, sink, signal);
    }
  }

  /** A tool's headers must be known before its call. */
  #call(frame: RequestFrame, sink: UpstreamSink, signal: AbortSignal): void {
    const known = this.#book.headers(toolOf(frame.message));
    if (known || performance.now() - this.#listedAt < FRESH)
      return this.#attempt(frame, sink, signal);
    void this.#list(frame.message, sink).then(() => {
      if (!signal.aborted) this.#attempt(frame, sink, signal);
    });
  }

  /** A call that the upstream refuses for its headers was not looked at: the tool may have changed. */
  #attempt(frame: RequestFrame, sink: UpstreamSink, signal: AbortSignal): void {
    const headers = this.#headers(frame.message);
    const again = async (refusal: Frame, head: UpstreamHead) => {
      if (performance.now() - this.#listedAt > PAUSE) await this.#list(frame.message, sink);
      if (signal.aborted) return;
      const anew = this.#headers(frame.message);
      if (anew.join('\n') !== headers.join('\n')) {
        sink.aside?.(frame.message.method);
        return this.#post({ frame, headers: anew }, sink, signal);
      }
      sink.open(head);
      await sink.frame(refusal);
      sink.end();
    };
    this.#post({ frame, headers }, new FirstTry(sink, again), signal);
  }

  #headers(message: Request): string[] {
    const known = this.#book.headers(toolOf(message)) ?? [];
    return [...requestHeaders(message), ...paramHeaders(known, message.params?.arguments)];
  }

  #learning(sink: UpstreamSink): UpstreamSink {
    return {
      open: (head) => sink.open(head),
      frame: (frame, eventId) => {
        return sink.frame(frame.kind === 'result' ? this.#learn(frame) : frame, eventId);
      },
      aside: (method) => sink.aside?.(method),
      end: () => sink.end(),
      fail: (error) => sink.fail(error),
    };
  }

  #learn(frame: ResultFrame): ResultFrame {
    const result = this.#book.learn(frame.message.result);
    if (result === frame.message.result) return frame;
    const { source: _, ...rest } = frame;
    return { ...rest, message: { ...frame.message, result } };
  }

  /** Reads the upstream's list of tools; whoever asks meanwhile waits for the same. Never rejects. */
  #list(asker: Request, sink: UpstreamSink): Promise<void> {
    this.#listing ??= this.#pages(metaFor(asker), sink).finally(() => {
      this.#listing = undefined;
      this.#listedAt = performance.now();
    });
    return this.#listing;
  }

  async #pages(meta: JsonObject, sink: UpstreamSink): Promise<void> {
    const signal = AbortSignal.timeout(this.#timeout);
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page++) {
      const params = { _meta: meta, ...(cursor === undefined ? {} : { cursor }) };
      const id = `sallyport-tools-${page}`;
      const message = { jsonrpc: '2.0', id, method: 'tools/list', params } as const;
      sink.aside?.(message.method);
      const result = await this.#ask({ kind: 'request', direction: 'up', message }, signal);
      const next = textMember(result, 'nextCursor');
      if (!result || next === undefined || next === cursor) return;
      cursor = next;
    }
  }

  /** The result of a request of the link's own; undefined where there is none. */
  #ask(frame: RequestFrame, signal: AbortSignal): Promise<JsonObject | undefined> {
    return new Promise((resolve) => {
      const nothing = () => resolve(undefined);
      signal.addEventListener('abort', nothing, { once: true });
      const sink: UpstreamSink = {
        open: () => undefined,
        frame: (answer) => {
          if (answer.kind !== 'result' || answer.message.id !== frame.message.id) return;
          this.#book.learn(answer.message.result);
          resolve(answer.message.result);
        },
        end: nothing,
        fail: nothing,
      };
      this.#post({ frame, headers: requestHeaders(frame.message) }, sink, signal);
    });
  }
}

/** Hands on what comes, except an answer that the headers are wrong, as long as nothing was handed on. */
class FirstTry implements UpstreamSink {
  readonly #sink: UpstreamSink;
  readonly #refused: (refusal: Frame, head: UpstreamHead) => Promise<void>;
  #head: UpstreamHead | undefined;
  #isRefused = false;

  constructor(sink: UpstreamSink, refused: (refusal: Frame, head: UpstreamHead) => Promise<void>) {
    this.#sink = sink;
    this.#refused = refused;
  }

  open(head: UpstreamHead): void {
    if (head.streamed) this.#sink.open(head);
    else this.#head = head;
  }

  frame(frame: Frame, eventId?: string): void | Promise<void> {
    const head = this.#head;
    if (head && frame.kind === 'error' && frame.message.error.code === rpcCodes.headerMismatch) {
      this.#isRefused = true;
      void this.#refused(frame, head);
      return undefined;
    }
    this.#open();
    return this.#sink.frame(frame, eventId);
  }

  end(): void {
    if (this.#isRefused) return;
    this.#open();
    this.#sink.end();
  }

  fail(error: Parameters<UpstreamSink['fail']>[0]): void {
    if (!this.#isRefused) this.#sink.fail(error);
  }

  #open(): void {
    if (this.#head) this.#sink.open(this.#head);
    this.#head = undefined;
  }
}

function toolOf({ params }: Request): string {
  return textMember(params, 'name') ?? '';
}

/** What the link's own requests say of the client: as much as every request must. */
function metaFor({ params }: Request): JsonObject {
  const meta = metaOf(params);
  const { version, clientInfo, clientCapabilities } = metaKeys;
  const kept = [version, clientInfo, clientCapabilities].filter((key) => Object.hasOwn(meta, key));
  return Object.fromEntries(kept.map((key) => [key, meta[key]])) as JsonObject;
}
