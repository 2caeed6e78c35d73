import { createParser } from 'eventsource-parser';
import { GateError } from '../model/errors.ts';

/** One event of a stream (WHATWG HTML, section 9.2). */
export interface SseEvent {
  readonly event?: string | undefined;
  readonly id?: string | undefined;
  readonly data: string;
}

/** What an {@link SseDecoder} hands on. */
export interface SseSink {
  event(event: SseEvent): void;
  /** The id of an event, before the event itself, and also of one without data. */
  id?(id: string): void;
  /** The server asks clients to wait this many milliseconds before they come back. */
  retry?(milliseconds: number): void;
}

/** Reads a stream of events from chunks that may be cut anywhere. */
export class SseDecoder {
  readonly #parser;
  readonly #text = new TextDecoder('utf-8');
  #overflow = false;

  /** @param limit characters that one event may have. */
  constructor(sink: SseSink, limit: number) {
    this.#parser = createParser({
      onEvent: (event) => sink.event(event),
      onId: (id) => sink.id?.(id),
      onRetry: (milliseconds) => sink.retry?.(milliseconds),
      maxBufferSize: limit,
      onError: ({ type }) => {
        this.#overflow ||= type === 'max-buffer-size-exceeded';
      },
    });
  }

  /** @throws GateError FRAME_TOO_LARGE where an event outgrows the limit before it ends. */
  push(chunk: Uint8Array): void {
    if (!this.#overflow) this.#parser.feed(this.#text.decode(chunk, { stream: true }));
    if (this.#overflow)
      throw new GateError('FRAME_TOO_LARGE', 'an event of the stream is too large');
  }
}

/** What ends a line for a reader of the stream; none of them may end one that the writer did not. */
const LINE_END = /\r\n|\r|\n/;

/** The text of an event on the wire. Line ends in the data arrive as line feeds. */
export function encodeSse(event: SseEvent): string {
  let text = event.event === undefined ? '' : `event: ${oneLine(event.event)}\n`;
  if (event.id !== undefined) text += `id: ${oneLine(event.id)}\n`;
  for (const line of event.data.split(LINE_END)) text += `data: ${line}\n`;
  return `${text}\n`;
}

function oneLine(text: string): string {
  return text.split(LINE_END).join(' ');
}
