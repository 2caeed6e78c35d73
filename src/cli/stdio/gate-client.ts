import type { GateError } from '../../model/errors.ts';
import { textMember } from '../../model/json.ts';
import {
  type AnswerFrame,
  type Frame,
  frameText,
  type RequestFrame,
  type RequestId,
} from '../../model/message.ts';
import { rpcCodes } from '../../protocol/jsonrpc.ts';
import { versionIn } from '../../protocol/meta.ts';
import type {
  UpstreamHead,
  UpstreamLink,
  UpstreamSession,
  UpstreamSink,
} from '../../transport/contract.ts';

export interface GateClientOptions {
  readonly link: UpstreamLink;
  /** Takes one message for the client, without a line end. While the promise is pending the client reads too slowly. */
  readonly write: (text: string) => void | Promise<void>;
  /** The session has ended at the gate: only a client that starts anew gets another. */
  readonly lost: (error: GateError) => void;
}

/** A broken stream is opened again after so many milliseconds, and later each time up to the longest. */
const BACKOFF = { first: 1_000, longest: 30_000 } as const;

/** One client's half of a conversation with a gate: its messages come one by one, whatever their era. */
export class GateClient {
  readonly #options: GateClientOptions;
  /** Requests of the stateless era under way: closing them is how they are taken back. */
  readonly #closers = new Map<RequestId, AbortController>();
  /** Requests without their answer yet. */
  readonly #pending = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #session: UpstreamSession = { owner: '' };
  #lastEventId: string | undefined;
  #wait: number = BACKOFF.first;

  constructor(options: GateClientOptions) {
    this.#options = options;
  }

  /** Sends one message of the client. */
  send(frame: Frame): void {
    const params = 'method' in frame.message ? frame.message.params : undefined;
    const revision = versionIn(params);
    if (frame.kind === 'request') return this.#request(frame, revision);
    const cancelled = 'method' in frame.message && frame.message.method === CANCELLED;
    const closer = cancelled ? this.#closers.get(params?.requestId as RequestId) : undefined;
    if (closer) return closer.abort();
    const begun = 'method' in frame.message && frame.message.method === INITIALIZED;
    const sink: UpstreamSink = {
      ...{ open: nothing, frame: nothing },
      end: () => {
        if (begun) this.#listen();
      },
      fail: (error) => this.#failed(error),
    };
    this.#options.link.send(frame, this.#session, sink, this.#stop.signal);
  }

  /** Resolves once every request has its answer. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /** Ends the session, and whatever runs in it. */
  async close(): Promise<void> {
    this.#stop.abort();
    for (const closer of this.#closers.values()) closer.abort();
    await this.#options.link.end(this.#session);
    await this.#options.link.stop();
  }

  #request(frame: RequestFrame, revision: string | undefined): void {
    const { id, method } = frame.message;
    const closer = new AbortController();
    if (revision !== undefined) this.#closers.set(id, closer);
    const place = revision === undefined ? this.#session : { owner: '', protocol: revision };
    const signal = AbortSignal.any([this.#stop.signal, closer.signal]);
    let head: UpstreamHead | undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pending.add(promise);
    const over = () => {
      this.#closers.delete(id);
      this.#pending.delete(promise);
      resolve();
    };
    signal.addEventListener('abort', over, { once: true });
    const sink: UpstreamSink = {
      open: (opened) => {
        head = opened;
      },
      frame: (down) => {
        if (method === 'initialize') this.#begin(down, head);
        if (down.kind === 'result' || down.kind === 'error') over();
        return this.#write(down);
      },
      end: over,
      fail: (error) => {
        // The connection may break after the answer has come.
        if (!this.#pending.has(promise)) return;
        over();
        void this.#options.write(JSON.stringify(answerTo(id, error)));
        this.#failed(error);
      },
    };
    this.#options.link.send(frame, place, sink, signal);
  }

  #begin(frame: Frame, head: UpstreamHead | undefined): void {
    if (frame.kind !== 'result') return;
    const protocol = textMember(frame.message.result, 'protocolVersion');
    this.#session = { owner: '', session: head?.session, protocol };
  }

  /** What the gate sends of its own accord. */
  #listen(): void {
    if (this.#stop.signal.aborted) return;
    const again = () => {
      setTimeout(() => this.#listen(), this.#wait).unref();
      this.#wait = Math.min(this.#wait * 2, BACKOFF.longest);
    };
    const sink: UpstreamSink = {
      open: () => {
        this.#wait = BACKOFF.first;
      },
      frame: (frame, eventId) => {
        this.#lastEventId = eventId ?? this.#lastEventId;
        return this.#write(frame);
      },
      end: again,
      fail: (error) => {
        if (error.code === 'HTTP_METHOD') return;
        if (error.code === 'SESSION_UNKNOWN') this.#failed(error);
        else again();
      },
    };
    this.#options.link.listen(this.#session, this.#lastEventId, sink, this.#stop.signal);
  }

  /** Written anew where it holds a line break: a message is a line. */
  #write(frame: Frame): void | Promise<void> {
    const text = frameText(frame);
    return this.#options.write(/[\r\n]/.test(text) ? JSON.stringify(frame.message) : text);
  }

  #failed(error: GateError): void {
    if (error.code === 'SESSION_UNKNOWN') this.#options.lost(error);
  }
}

const CANCELLED = 'notifications/cancelled';
const INITIALIZED = 'notifications/initialized';
const nothing = () => undefined;

function answerTo(id: RequestId, { code, message, hint }: GateError): AnswerFrame['message'] {
  const text = hint === undefined ? message : `${message}; ${hint}`;
  return { jsonrpc: '2.0', id, error: { code: rpcCodes.server, message: text, data: { code } } };
}
