import type { Dispatcher } from 'undici';
import { GateError, messageOf } from '../../model/errors.ts';
import type { ErrorFrame, Frame } from '../../model/message.ts';
import type { Log } from '../../model/seams.ts';
import { headers, mediaType, SSE_TYPE } from '../../protocol/headers.ts';
import { decodeFrame, decodeText, type FrameLimits } from '../../protocol/jsonrpc.ts';
import { SseDecoder } from '../../protocol/sse.ts';
import type { UpstreamSink } from '../contract.ts';
import type { Throttle } from '../throttle.ts';
import { type ContentDecoder, contentDecoder } from './content-decoder.ts';
import { type Asked, networkError, statusError } from './upstream-error.ts';

export interface ResponseContext {
  readonly name: string;
  readonly limits: FrameLimits;
  readonly log: Log;
  /** Bounds what is logged of bad events: the upstream decides how many it sends. */
  readonly badEvents: Throttle;
}

/** Hears as well how a stream that is cut off can be gone on with. */
export interface StreamSink extends UpstreamSink {
  /** An event with this id has come, be it with a message or without. */
  mark?(eventId: string): void;
  /** The upstream asks for so many milliseconds before anybody comes back. */
  retry?(milliseconds: number): void;
}

type Incoming = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/** Ids are echoed in headers, so they must be what a header can hold (2025-11-25, transports: visible ASCII). */
const SESSION_ID = /^[\x21-\x7e]{1,1024}$/;
/** What may stand before a body: whitespace, and the bytes of a byte order mark. */
const LEADING = [0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf];
/** How a stream of events begins: a comment, `data`, `event`, `id` or `retry`. No JSON does. */
const SSE_START = [...':deir'].map((letter) => letter.charCodeAt(0));
/** What a Retry-After header may be handed on as (RFC 9110, section 10.2.3). */
const RETRY_AFTER = /^[\x20-\x7e]{1,64}$/;

/** Reads the response to one request of a link, chunk by chunk, and hands frames to the sink. */
export class UpstreamResponse implements Dispatcher.DispatchHandler {
  readonly #context: ResponseContext;
  readonly #sink: StreamSink;
  readonly #asked: Asked;
  readonly #signal: AbortSignal;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #session: string | undefined;
  #retryAfter: string | undefined;
  #form: 'unknown' | 'json' | 'sse' | 'none' = 'unknown';
  #sse: SseDecoder | undefined;
  #content: ContentDecoder | undefined;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #opened = false;
  #over = false;
  /** Why reading is paused; it goes on when nothing is left. */
  #holds = 0;

  constructor(context: ResponseContext, sink: StreamSink, signal: AbortSignal, asked: Asked) {
    this.#context = context;
    this.#sink = sink;
    this.#asked = asked;
    this.#signal = signal;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#signal.aborted) this.#aborted();
    else this.#signal.addEventListener('abort', this.#aborted, { once: true });
  }

  onResponseStart(_controller: unknown, status: number, head: Incoming): void {
    // An early hint (RFC 8297) is no answer yet.
    if (status < 200) return;
    this.#status = status;
    const retryAfter = text(head['retry-after']);
    if (retryAfter !== undefined && RETRY_AFTER.test(retryAfter)) this.#retryAfter = retryAfter;
    const session = this.#asked.stateless ? undefined : text(head[headers.session]);
    if (session !== undefined && !SESSION_ID.test(session)) {
      return this.fail(this.#invalid('its session id is not visible ASCII'));
    }
    this.#session = session;
    const encoding = text(head['content-encoding']);
    if (encoding !== undefined && encoding !== 'identity') {
      this.#content = contentDecoder(encoding, {
        data: (chunk) => this.#data(chunk),
        end: () => this.#end(),
        fail: () => this.fail(this.#invalid('its body does not decompress')),
      });
      if (!this.#content) return this.fail(this.#invalid('its body has an unknown encoding'));
    }
    const isStream = mediaType(text(head['content-type'])) === SSE_TYPE && status === 200;
    if (this.#expectsNothing()) this.#taken(isStream);
    else if (status === 202 || status === 204) this.#form = 'none';
    else if (isStream) this.#streams();
    else if (this.#asked.stream) this.#form = 'none';
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    if (this.#over) return this.#skip(chunk);
    if (!this.#content) return this.#data(chunk);
    const drained = this.#content.push(chunk);
    if (drained) this.#hold(drained);
  }

  onResponseEnd(): void {
    if (this.#content) this.#content.end();
    else this.#end();
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.fail(networkError(this.#context.name, error, this.#status !== 0));
  }

  /** Ends the call with an error; nothing reaches the sink after that. */
  fail(error: GateError): void {
    if (!this.#finish()) return;
    this.#controller?.abort(error);
    this.#sink.fail(error);
  }

  readonly #aborted = (): void => {
    this.#over = true;
    this.#content?.stop();
    this.#controller?.abort(new Error('the call was given up'));
  };

  /** A notification or an answer was taken: whatever body comes with it, such as `null`, means nothing. */
  #expectsNothing(): boolean {
    const { stream, id } = this.#asked;
    return !stream && id === undefined && this.#status <= 299;
  }

  #taken(isStream: boolean): void {
    this.#form = 'none';
    this.#end();
    if (!isStream && !this.#content) return;
    // It might never end.
    this.#controller?.abort(new Error('nothing is expected on this stream'));
  }

  /** What comes after the end is read away, which keeps the connection, but not without bound. */
  #skip(chunk: Uint8Array): void {
    this.#size += chunk.byteLength;
    if (this.#size <= this.#context.limits.bytes) return;
    this.#controller?.abort(new Error('the body goes on after its end'));
  }

  #streams(): void {
    this.#form = 'sse';
    this.#sse = new SseDecoder(
      {
        id: (id) => {
          if (!this.#over) this.#sink.mark?.(id);
        },
        retry: (milliseconds) => this.#sink.retry?.(milliseconds),
        event: ({ event, id, data }) => {
          const isMessage = event === undefined || event === 'message';
          if (isMessage && data !== '') this.#event(data, id);
        },
      },
      this.#context.limits.bytes,
    );
    this.#open(true);
  }

  #data(chunk: Uint8Array): void {
    if (this.#over || this.#form === 'none') return;
    if (this.#form === 'unknown') this.#sniff(chunk);
    if (this.#form === 'sse') {
      try {
        this.#sse?.push(chunk);
      } catch (error) {
        this.fail(this.#invalid(messageOf(error)));
      }
      return;
    }
    this.#size += chunk.byteLength;
    if (this.#size <= this.#context.limits.bytes) this.#chunks.push(chunk);
    else this.fail(this.#invalid(`its answer has more than ${this.#context.limits.bytes} bytes`));
  }

  /** Some servers send a stream under a JSON content type; its first byte tells. */
  #sniff(chunk: Uint8Array): void {
    const first = chunk.find((byte) => !LEADING.includes(byte));
    if (first === undefined) return;
    if (SSE_START.includes(first) && this.#status === 200) this.#streams();
    else this.#form = 'json';
  }

  #event(data: string, id: string | undefined): void {
    try {
      this.#frame(decodeText(data, 'down', this.#context.limits), id);
    } catch (error) {
      // One bad event must not take the others with it.
      const held = this.#context.badEvents.pass();
      if (held === undefined) return;
      const fields = { upstream: this.#context.name, cause: messageOf(error), unlogged: held };
      this.#context.log.warn(fields, 'the upstream sent an event that is not MCP; it is dropped');
    }
  }

  #frame(frame: Frame, id?: string): void {
    if (this.#over) return;
    const pending = this.#sink.frame(frame, id);
    if (!pending) return;
    this.#content?.pause();
    this.#hold(pending).then(() => this.#content?.resume());
  }

  /** Reads no more while the promise is pending. */
  #hold(pending: Promise<void>): Promise<void> {
    this.#holds++;
    this.#controller?.pause();
    const release = () => {
      this.#holds--;
      if (this.#holds === 0 && !this.#over) this.#controller?.resume();
    };
    return pending.then(release, release);
  }

  #end(): void {
    if (this.#over) return;
    const rejected = this.#status < 200 || this.#status > 299;
    const hasBody = this.#form !== 'sse' && this.#chunks.length > 0;
    const answer = hasBody ? this.#answer(rejected) : undefined;
    if (answer instanceof GateError) return this.fail(answer);
    if (rejected && !answer) {
      const { name } = this.#context;
      const status = this.#sessionIsGone() ? 404 : this.#status;
      return this.fail(statusError(name, status, this.#asked, this.#retryAfter));
    }
    if (this.#asked.stream && !this.#opened) {
      return this.fail(this.#invalid('it answered a GET without a stream'));
    }
    this.#open(false);
    if (answer) this.#frame(answer);
    if (this.#finish()) this.#sink.end();
  }

  /** The body as a frame. Beside an error status only an answer to just this request counts. */
  #answer(rejected: boolean): Frame | GateError | undefined {
    const [only] = this.#chunks;
    const bytes = this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks);
    try {
      const frame = decodeFrame(bytes, 'down', this.#context.limits);
      if (!rejected) return frame;
      if (frame.kind !== 'error' || this.#sessionIsGone()) return undefined;
      return this.#asAnswer(frame);
    } catch (error) {
      return rejected ? undefined : this.#invalid(messageOf(error));
    }
  }

  /** The error as the answer to the request, if it is. In the stateless era nothing else can have been meant. */
  #asAnswer(frame: ErrorFrame): Frame | undefined {
    const { id, stateless } = this.#asked;
    if (frame.message.id === id) return frame;
    if (!stateless || id === undefined || frame.message.id !== null) return undefined;
    const { source: _, ...rest } = frame;
    return { ...rest, message: { ...frame.message, id } };
  }

  /** 404 says so; some servers answer 400 where 404 is due, and only their text tells. */
  #sessionIsGone(): boolean {
    if (!this.#asked.session) return false;
    if (this.#status === 404) return true;
    const said = this.#chunks[0]?.subarray(0, 1_024) ?? [];
    return this.#status === 400 && /session/i.test(Buffer.from(said).toString('latin1'));
  }

  #open(streamed: boolean): void {
    if (this.#opened || this.#over) return;
    this.#opened = true;
    const session = this.#session === undefined ? {} : { session: this.#session };
    this.#sink.open({ ...session, streamed });
  }

  /** True the first time. */
  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#content?.stop();
    this.#signal.removeEventListener('abort', this.#aborted);
    return true;
  }

  #invalid(what: string): GateError {
    return new GateError('UPSTREAM_INVALID', `${this.#context.name} sent no MCP message: ${what}`);
  }
}

function text(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
