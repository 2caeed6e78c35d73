import type { KeyObject } from 'node:crypto';
import type { MaskContext } from '../mask/mask-context.ts';
import type { Given } from '../mask/token/conceal.ts';
import type { Decision } from '../model/decision.ts';
import type { GateError } from '../model/errors.ts';
import { type ClientInfo, type Identity, principalOf } from '../model/identity.ts';
import type { JsonObject } from '../model/json.ts';
import type { Frame, RequestFrame, RequestId } from '../model/message.ts';
import type { Clock } from '../model/seams.ts';
import type {
  EventKind,
  ExchangeEnd,
  ExchangeHead,
  FactRecord,
  Outcome,
  TranscriptBatch,
  TranscriptEvent,
} from '../model/transcript.ts';
import { isStatelessRevision } from '../protocol/revisions.ts';
import { type Carried, NOTHING } from './carried.ts';
import { clientFact, IdentityLedger, recordOf } from './identity-ledger.ts';
import type { OpenTexts } from './open-texts.ts';
import type { Snapshot } from './snapshot.ts';
import { bounded, boundedOriginal } from './stages/bounded.ts';
import type { Task } from './tasks.ts';
import type { VisitAnswer, Waiting } from './waiting.ts';

/** What is known of a caller's session. */
export interface SessionFacts {
  /** Stable name of the session in transcripts; not the id that the client holds. */
  readonly name: string;
  readonly client: ClientInfo;
  readonly protocol?: string;
  readonly ip?: string;
}

/** The approval that a call was made by, as the state says that its client brings back. */
export interface Resumed {
  readonly approval: string;
  /** Rounds that the upstream has asked for so far (2026-07-28, multi round-trip requests). */
  readonly round: number;
}

/** The approval that a call is made by (see `grantOf`). */
export interface Grant extends Resumed {
  /** Keys of the demands that it satisfies. */
  readonly demands: readonly string[];
}

/** A call that comes back because the gate has asked it to (2026-07-28, multi round-trip requests). */
export interface HeldRound {
  readonly approval: string;
  /** How often the gate has asked; from 1. */
  readonly round: number;
  /** What the user has said to the page that the client was to show. */
  readonly answer?: VisitAnswer;
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
  /** Key of what masks make of values; 32 bytes. */
  readonly maskKey: KeyObject;
  /** Which facts the transcript has already; left out: none. */
  readonly identities?: IdentityLedger;
}

/** Characters of a target that transcripts keep. */
const MAX_TARGET = 8_192;
/** Steps that an exchange keeps for later when they can't be written. */
const MAX_RESTORED = 64;

/** One request and all it causes. It pins the snapshot it is judged by and keeps the journal of its steps. */
export class Exchange {
  readonly id: string;
  /** Another one than it began with where its call has waited for people meanwhile. */
  snapshot: Snapshot;
  readonly identity: Identity;
  readonly upstream: string;
  readonly session: SessionFacts;
  readonly method: string;
  readonly requestId: RequestId | undefined;
  /** What its call can do while it waits for people; undefined where nobody would hear of it. */
  waiting: Waiting | undefined;
  /** The request as it was judged, where it needs approval. */
  judged: RequestFrame | undefined;
  /** The approval that its call is made by. */
  grant: Grant | undefined;
  /** The approval by which the call was made that it goes on with, as the state says that its client brings back. */
  resumed: Resumed | undefined;
  /** The same of a call that has waited before. */
  held: HeldRound | undefined;
  /** The decision on the message that began it. */
  decision: Decision | undefined;
  /** The decision on the message that is passing, once there is one. */
  passing: Decision | undefined;
  /** Params of the message that began it as they left the gate; its answer is judged with them. */
  params: JsonObject | undefined;
  /** The same with what tokens stand for, where any were put back: that is what the upstream got. */
  reached: JsonObject | undefined;
  /** What the upstream got for tokens in this exchange. */
  given: readonly Given[] = [];
  /** The same as the client sent them: its capabilities, and what a state that is sealed for it is bound to. */
  sent: JsonObject | undefined;
  /** The task that the message which began it names. */
  task: Task | undefined;
  /** What the message that is passing carries inside. */
  carried: Carried = NOTHING;
  /** The frame that is passing, as it came. */
  came: Frame | undefined;
  /** Texts of its call or stream that come in pieces; undefined where nobody sees to it that what they hold comes out. */
  texts: OpenTexts | undefined;
  /** What masks need to know of it. */
  masking: MaskContext;
  readonly now: Clock;
  readonly #head: ExchangeHead;
  readonly #ledger: IdentityLedger;
  #headWritten = false;
  #seq = 0;
  #events: Omit<TranscriptEvent, 'seq'>[] = [];
  /** What steps noted since the last time name. */
  #facts: FactRecord[] = [];
  /** Steps that the store did not take. */
  #restored: TranscriptEvent[] = [];
  #end: ExchangeEnd | undefined;

  constructor(init: ExchangeInit) {
    this.id = init.id;
    this.snapshot = init.snapshot;
    this.identity = init.identity;
    this.upstream = init.upstream;
    this.session = init.session;
    this.method = init.method;
    this.requestId = init.requestId;
    this.masking = { key: init.maskKey, owner: principalOf(init.identity) };
    this.now = init.clock;
    this.#head = headOf(init);
    this.#ledger = init.identities ?? new IdentityLedger();
  }

  get closed(): boolean {
    return this.#end !== undefined;
  }

  /** True where the client speaks a revision without sessions. */
  get stateless(): boolean {
    return isStatelessRevision(this.session.protocol ?? '');
  }

  /** Notes a step; {@link takeBatch} hands it to the store. */
  note(
    kind: EventKind,
    detail?: TranscriptEvent['detail'],
    payload?: string,
    original?: string,
  ): void {
    this.#events.push({
      exchange: this.id,
      at: this.now(),
      kind,
      revision: this.snapshot.revision,
      ...(detail === undefined ? {} : { detail }),
      ...(payload === undefined ? {} : { payload }),
      ...(original === undefined ? {} : { original }),
    });
  }

  /**
   * Has the transcript keep a fact, unless it has it already.
   *
   * @returns its digest, for a step to name it by
   */
  keepFact(fact: FactRecord): string {
    const known = this.#facts.some(({ digest }) => digest === fact.digest);
    if (!known) this.#facts.push(fact);
    return fact.digest;
  }

  /** Notes that a frame has come: the first one opens the exchange. */
  arrived(frame: Frame): void {
    const { direction, kind } = frame;
    this.passing = undefined;
    this.carried = NOTHING;
    this.came = frame;
    const first = this.#seq === 0 && this.#events.length === 0;
    const client = first ? clientFact(this.session.client) : undefined;
    const named = client && { client: this.keepFact(client) };
    this.note(first ? 'opened' : 'received', { direction, kind, ...named });
  }

  /** Gives the frame that has come its payload, or its original alone where nobody may read it. */
  attach(payload: string | undefined, detail?: TranscriptEvent['detail'], original?: string): void {
    const index = this.#arrival();
    const event = this.#events[index];
    if (!event) return;
    this.#events[index] = {
      ...event,
      ...(detail && { detail: { ...event.detail, ...detail } }),
      ...(payload === undefined ? {} : { payload }),
      ...(original === undefined ? {} : { original }),
    };
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

  /** Ends it with an error, noted. */
  fail({ code, message }: GateError): void {
    this.note('failed', { code, message });
    this.close('failed');
  }

  /** Steps noted since the last time; empty where there are none. */
  takeBatch(): TranscriptBatch | undefined {
    if (this.#events.length + this.#restored.length === 0) return undefined;
    const events = this.#events.map((event) => ({ ...event, seq: this.#seq++ }));
    if (!this.#headWritten) this.keepFact(recordOf(this.identity));
    const unknown = this.#facts.filter((fact) => this.#ledger.take(fact, this.now()));
    const batch = {
      ...(unknown.length > 0 && { facts: unknown }),
      opened: this.#headWritten ? [] : [this.#head],
      events: this.#restored.length === 0 ? events : [...this.#restored, ...events],
      closed: this.#end ? [this.#end] : [],
    };
    this.#headWritten = true;
    this.#events = [];
    this.#facts = [];
    this.#restored = [];
    return batch;
  }

  /**
   * Takes a batch back that could not be kept, so that the next one has it, with payloads cut to a bound.
   *
   * @returns how many steps there was no room for.
   */
  restore(batch: TranscriptBatch): number {
    if (batch.opened.length > 0) this.#headWritten = false;
    for (const fact of batch.facts ?? []) {
      this.#ledger.forget(fact);
      this.keepFact(fact);
    }
    const room = MAX_RESTORED - this.#restored.length;
    const kept = batch.events.slice(0, room).map(shortened);
    this.#restored = [...this.#restored, ...kept].sort((a, b) => a.seq - b.seq);
    return batch.events.length - kept.length;
  }

  /** What was about to leave has not, for it could not be recorded. */
  withhold(over: boolean): void {
    this.note('failed', { code: 'STORE_UNAVAILABLE', message: 'nothing left' });
    if (!over) return;
    this.#end = undefined;
    this.close('failed');
  }
}

function shortened(event: TranscriptEvent): TranscriptEvent {
  const { payload, original } = event;
  const said = payload === undefined ? undefined : bounded(payload);
  const came = original === undefined ? undefined : boundedOriginal(original);
  if (!said?.detail && !came?.detail) return event;
  const detail = { ...event.detail, ...said?.detail, ...came?.detail };
  return { ...event, ...said, ...came, detail };
}

function headOf({ id, clock, snapshot, identity, session, ...init }: ExchangeInit): ExchangeHead {
  const { client, protocol, ip } = session;
  const agent = client.name && [client.name, client.version].filter(Boolean).join('/');
  return {
    id,
    openedAt: clock(),
    upstream: init.upstream,
    method: init.method,
    session: session.name,
    sub: identity.sub,
    issuer: identity.issuer,
    identity: recordOf(identity).digest,
    revision: snapshot.revision,
    ...(init.target === undefined ? {} : { target: init.target.slice(0, MAX_TARGET) }),
    ...(identity.client === undefined ? {} : { client: identity.client }),
    ...(agent ? { agent } : {}),
    ...(protocol === undefined ? {} : { protocol }),
    ...(ip === undefined ? {} : { ip }),
  };
}
