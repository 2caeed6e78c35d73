import type { ClientInfo } from '../model/identity.ts';
import type { AnswerFrame, NotificationFrame, RequestId } from '../model/message.ts';
import type { ListKind } from './list-changes.ts';
import type { SessionMemory } from './session-memory.ts';

/** What ends with its session. */
export interface Ends {
  /**
   * Ends it; whoever waits for it hears nothing more than that it is over.
   *
   * @param byClient its client does not want it any longer
   */
  cancel(reason: string, byClient?: boolean): Promise<void>;
}

/** A stream to the client (GET) that the gate can speak on as well. */
export interface OpenStream {
  /** Sends news of the gate's own. */
  announce(notice: NotificationFrame): void;
  /** Listens to the session's new place at the upstream. */
  reopen(): void;
}

/** What makes a session the one it is; all of it is in the id that its client holds. */
export interface SessionIdentity {
  /** Stable name in transcripts; not the id that the client holds. */
  readonly name: string;
  readonly sub: string;
  readonly issuer: string;
  readonly upstream: string;
  readonly upstreamSession: string | undefined;
  readonly client: ClientInfo;
  readonly protocol: string | undefined;
  /** The client can ask its user to open a page (2025-11-25, elicitation, URL mode). */
  readonly visits?: boolean;
  /** Milliseconds since the epoch. */
  readonly begunAt: number;
}

export interface SessionInit extends SessionIdentity {
  /** The sealed id that the client holds. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly usedAt: number;
}

/** A caller's session with one upstream, as far as this process has seen it. */
export class Session implements SessionInit {
  readonly name: string;
  readonly id: string;
  readonly sub: string;
  readonly issuer: string;
  readonly upstream: string;
  /** Another one than the id says where the session was begun again at its upstream. */
  upstreamSession: string | undefined;
  readonly client: ClientInfo;
  readonly protocol: string | undefined;
  readonly visits: boolean;
  readonly begunAt: number;
  usedAt: number;
  /** Calls under way, by the client's request id. */
  readonly calls = new Map<RequestId, Ends>();
  /** Open streams of the upstream's own. */
  readonly streams = new Set<Ends>();
  /** The same, as far as the gate can speak on them. */
  readonly listening = new Set<OpenStream>();
  /** What the upstream was told; undefined where this process has not seen all of it. */
  memory: SessionMemory | undefined;
  /** Lists that the client was offered; undefined where that is not known. */
  lists: readonly ListKind[] | undefined;
  /** Ids under which the client knows requests of the upstream, by the upstream's id; bounded. */
  readonly asked = new Map<RequestId, string>();
  /** What waits for answers to the gate's own requests, by the ids under which the client knows them. */
  readonly awaited = new Map<RequestId, (answer: AnswerFrame) => void>();
  /** Pages that the client was asked to open and that are not done with; bounded. */
  readonly shown = new Set<string>();
  /** Refusals of the upstream's requests that are on their way to it. */
  refusals = 0;

  constructor(init: SessionInit) {
    this.name = init.name;
    this.id = init.id;
    this.sub = init.sub;
    this.issuer = init.issuer;
    this.upstream = init.upstream;
    this.upstreamSession = init.upstreamSession;
    this.client = init.client;
    this.protocol = init.protocol;
    this.visits = init.visits === true;
    this.begunAt = init.begunAt;
    this.usedAt = init.usedAt;
  }

  get busy(): boolean {
    return this.calls.size > 0 || this.streams.size > 0;
  }
}
