import type { Decision } from '../model/decision.ts';
import type { ClientInfo, Identity } from '../model/identity.ts';
import type { JsonObject } from '../model/json.ts';
import type { Frame, RequestId } from '../model/message.ts';
import type { Clock } from '../model/seams.ts';
import type {
  EventKind,
  ExchangeEnd,
  ExchangeHead,
  Outcome,
  TranscriptBatch,
  TranscriptEvent,
} from '../model/transcript.ts';
import type { Snapshot } from './snapshot.ts';

/** What is known of a caller's session. */
export interface SessionFacts {
  /** Stable name of the session in transcripts; not the id that the client holds. */
  readonly name: string;
  readonly client: ClientInfo;
  readonly protocol?: string;
  readonly ip?: string;
}

export interface ExchangeInit {
  readonly id: string;
  readonly snapshot: Snapshot;
  readonly identity: Identity;
  readonly upstream: string;
  readonly session: SessionFacts;
  /** Method of the message that began it. */
  readonly method: string;
  readonly target?: string;
  /** Id of the request that began it; absent for notifications and answers. */
  readonly requestId?: RequestId;
  readonly clock: Clock;
}

/** One request and all it causes. It pins the snapshot it is judged by and keeps the journal of its steps. */
export class Exchange {
  readonly id: string;
  readonly snapshot: Snapshot;
  readonly identity: Identity;
  readonly upstream: string;
  readonly session: SessionFacts;
  readonly method: string;
  readonly requestId: RequestId | undefined;
  /** The decision on the message that began it. */
  decision: Decision | undefined;
  /** Params of the message that began it as they left the gate; its answer is judged with them. */
  params: JsonObject | undefined;
  readonly now: Clock;
  readonly #head: ExchangeHead;
  #headWritten = false;
  #seq = 0;
  #events: Omit<TranscriptEvent, 'seq'>[] = [];
  #end: ExchangeEnd | undefined;

  constructor(init: ExchangeInit) {
    this.id = init.id;
    this.snapshot = init.snapshot;
    this.identity = init.identity;
    this.upstream = init.upstream;
    this.session = init.session;
    this.method = init.method;
    this.requestId = init.requestId;
    this.now = init.clock;
    this.#head = headOf(init);
  }

  get closed(): boolean {
    return this.#end !== undefined;
  }

  /** Notes a step; {@link takeBatch} hands it to the store. */
  note(kind: EventKind, detail?: TranscriptEvent['detail'], payload?: string): void {
    this.#events.push({
      exchange: this.id,
      at: this.now(),
      kind,
      revision: this.snapshot.revision,
      ...(detail === undefined ? {} : { detail }),
      ...(payload === undefined ? {} : { payload }),
    });
  }

  /** Notes that a frame has come: the first one opens the exchange. */
  arrived({ direction, kind }: Frame): void {
    const first = this.#seq === 0 && this.#events.length === 0;
    this.note(first ? 'opened' : 'received', { direction, kind });
  }

  /** Gives the frame that has come its payload. */
  attach(payload: string): void {
    const index = this.#arrival();
    const event = this.#events[index];
    if (event) this.#events[index] = { ...event, payload };
  }

  /** The frame that has come goes on as it is, so that it went on says all of it. */
  passed(): void {
    const index = this.#arrival();
    if (this.#events[index]?.kind === 'received') this.#events.splice(index, 1);
  }

  #arrival(): number {
    return this.#events.findLastIndex(({ kind }) => kind === 'opened' || kind === 'received');
  }

  /** Ends it; later calls change nothing. */
  close(outcome: Outcome): void {
    if (this.#end) return;
    // An answer or a block says by itself that the exchange is over.
    if (outcome !== 'answered' && outcome !== 'blocked') this.note('closed', { outcome });
    const { effect, rule } = this.decision ?? {};
    this.#end = {
      id: this.id,
      closedAt: this.now(),
      outcome,
      ...(effect === undefined ? {} : { effect }),
      ...(rule === undefined ? {} : { rule }),
    };
  }

  /** Steps noted since the last time; empty where there are none. */
  takeBatch(): TranscriptBatch | undefined {
    if (this.#events.length === 0) return undefined;
    const batch = {
      opened: this.#headWritten ? [] : [this.#head],
      events: this.#events.map((event) => ({ ...event, seq: this.#seq++ })),
      closed: this.#end ? [this.#end] : [],
    };
    this.#headWritten = true;
    this.#events = [];
    return batch;
  }
}

function headOf({ id, clock, snapshot, identity, session, ...init }: ExchangeInit): ExchangeHead {
  const { client, protocol } = session;
  const agent = client.name && [client.name, client.version].filter(Boolean).join('/');
  return {
    id,
    openedAt: clock(),
    upstream: init.upstream,
    method: init.method,
    session: session.name,
    sub: identity.sub,
    issuer: identity.issuer,
    revision: snapshot.revision,
    ...(init.target === undefined ? {} : { target: init.target }),
    ...(identity.client === undefined ? {} : { client: identity.client }),
    ...(agent ? { agent } : {}),
    ...(protocol === undefined ? {} : { protocol }),
  };
}
