import { encodeEventId } from './event-id.ts';

/** An event that was sent, or would have been. */
export interface StoredEvent {
  readonly number: number;
  readonly id: string;
  readonly text: string;
  /** It ends a request, so it is never dropped to make room. */
  readonly isAnswer: boolean;
  /** The upstream gave it an id, which its own carries. */
  readonly fromUpstream: boolean;
}

/** What the events of one stream may take. */
export interface LogLimits {
  /** Events kept, answers aside. */
  readonly events: number;
  /** Characters kept, answers aside; one event may be longer. */
  readonly size: number;
}

/** The last events of one stream, in order. */
export class EventLog {
  readonly #stream: string;
  readonly #limits: LogLimits;
  #events: StoredEvent[] = [];
  #last = 0;
  #size = 0;
  /** Of what may be dropped. */
  #loose = { events: 0, size: 0 };

  constructor(stream: string, limits: LogLimits) {
    this.#stream = stream;
    this.#limits = limits;
  }

  /** Characters kept. */
  get size(): number {
    return this.#size;
  }

  /** The number of the newest event; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** Keeps an event under the next number. The oldest go where there is no room. */
  add(text: string, isAnswer: boolean, upstream?: string): StoredEvent {
    const number = ++this.#last;
    const id = encodeEventId({ stream: this.#stream, number, upstream });
    const event = { number, id, text, isAnswer, fromUpstream: upstream !== undefined };
    this.#events.push(event);
    this.#count(event, 1);
    const { events, size } = this.#limits;
    const loose = this.#loose;
    while (loose.events > events || (loose.size > size && loose.events > 1)) this.shed();
    return event;
  }

  /** Drops the oldest event that is no answer. False where there is none. */
  shed(): boolean {
    const at = this.#events.findIndex(({ isAnswer }) => !isAnswer);
    const [event] = at === -1 ? [] : this.#events.splice(at, 1);
    if (event) this.#count(event, -1);
    return event !== undefined;
  }

  /** What is kept of all that came after an event. */
  after(number: number): readonly StoredEvent[] {
    return this.#events.filter((event) => event.number > number);
  }

  /** The id of an event, be it kept or not. */
  idOf(number: number): string {
    const kept = this.#events.find((event) => event.number === number);
    return kept?.id ?? encodeEventId({ stream: this.#stream, number, upstream: undefined });
  }

  clear(): void {
    this.#events = [];
    this.#size = 0;
    this.#loose = { events: 0, size: 0 };
  }

  #count({ text, isAnswer }: StoredEvent, sign: 1 | -1): void {
    this.#size += sign * text.length;
    if (isAnswer) return;
    this.#loose.events += sign;
    this.#loose.size += sign * text.length;
  }
}
