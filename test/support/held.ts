import type { Approval } from '../../src/model/approval.ts';
import { GateError } from '../../src/model/errors.ts';
import type { Identity } from '../../src/model/identity.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { AnswerFrame, RequestFrame } from '../../src/model/message.ts';
import type { Log } from '../../src/model/seams.ts';
import type { TranscriptEvent } from '../../src/model/transcript.ts';
import { Approvals, type Verdict as Decided } from '../../src/pipeline/approval/approvals.ts';
import { CallWaiting } from '../../src/pipeline/call-waiting.ts';
import type { ClientSink } from '../../src/pipeline/client-sink.ts';
import type { Verdict } from '../../src/pipeline/contract.ts';
import { Exchange, type SessionFacts } from '../../src/pipeline/exchange.ts';
import { Gate, type GateOptions } from '../../src/pipeline/gate.ts';
import { ServerRequests } from '../../src/pipeline/server-requests.ts';
import { Session } from '../../src/pipeline/session.ts';
import type { Snapshot } from '../../src/pipeline/snapshot.ts';
import { targetOf } from '../../src/protocol/methods.ts';
import { Seal } from '../../src/protocol/seal.ts';
import { MemoryApprovals } from '../../src/store/memory/approvals.ts';
import { MemoryLimiter } from '../../src/store/memory/limiter.ts';
import { MemoryStore } from '../../src/store/memory/store.ts';
import { leaving } from './gate.ts';
import { testContext } from './masks.ts';
import { ana, policiesOf, type RuleText } from './policies.ts';

const secret = new Uint8Array(32);
const seals = { state: new Seal(secret, 'state'), task: new Seal(secret, 'task') };
const requests = new ServerRequests(new Seal(secret, 'server request'));
const nothing = () => undefined;
const log: Log = { info: nothing, warn: nothing, error: nothing, debug: nothing };
const clock = () => Date.now();

/** A person who may decide what asks the group dba. */
export const dba = (sub = 'dan') => {
  return { issuer: ana.issuer, sub, groups: ['dba'], isApprover: false };
};

/** What a client gets for one request. */
export class TestClient implements ClientSink {
  gone = false;
  away = false;
  opened = false;
  readonly messages: JsonObject[] = [];
  readonly #onGone: (() => void)[] = [];

  onGone(listener: () => void): void {
    this.#onGone.push(listener);
  }

  /** Its connection is lost for good. */
  leave(): void {
    this.gone = true;
    for (const listener of this.#onGone) listener();
  }

  open(): void {
    this.opened = true;
  }

  message(text: string): void {
    this.messages.push(JSON.parse(text));
  }

  answer(): void {}
  accepted(): void {}
  end(): void {}
  fail(): void {}
}

export interface CallFacts {
  readonly identity?: Identity;
  readonly protocol?: string;
  /** The session that it belongs to; left out: one of its own. */
  readonly session?: Session;
  /** Nobody would hear of what becomes of it. */
  readonly unheard?: true;
}

/** One call under way. */
export interface HeldOne {
  readonly exchange: Exchange;
  readonly client: TestClient;
  readonly session: Session;
  readonly waiting: CallWaiting;
  readonly verdict: Promise<Verdict>;
  /** What leaves in the end: the message that goes on, or the answer. */
  readonly outcome: Promise<{ readonly made: boolean; readonly message: JsonObject | undefined }>;
  /** Its verdict, where there is one by now. */
  readonly settled: () => Verdict | undefined;
}

/** A gate whose calls wait for people, and its rules, which may change. Time is that of fake timers. */
export class HoldingGate {
  readonly store: MemoryApprovals;
  readonly recorder: MemoryStore;
  readonly approvals: Approvals;
  readonly gate: Gate;
  pages = true;
  #snapshot: Snapshot;
  #count = 0;

  constructor(
    rules: readonly RuleText[],
    options: {
      readonly beside?: HoldingGate;
      readonly max?: number;
      readonly maxHeld?: number;
      readonly gate?: Partial<GateOptions>;
    } = {},
  ) {
    const { beside, max = 100 } = options;
    const bounds = { max, maxPerCaller: max };
    this.#snapshot = { policies: policiesOf(rules), revision: 'r1' };
    this.store = beside?.store ?? new MemoryApprovals({ clock, log, bounds });
    this.recorder = beside?.recorder ?? new MemoryStore();
    this.approvals = new Approvals({
      ...{ store: this.store, clock, log, recorder: this.recorder, channels: [], keep: 1e9 },
      demandOf: (rule) => this.#snapshot.policies?.demandOf(rule),
      revision: () => this.#snapshot.revision,
    });
    this.approvals.start();
    this.gate = new Gate({
      ...{ recorder: this.recorder, log, required: true, seals },
      limiter: new MemoryLimiter({ clock }),
      approvals: {
        approvals: this.approvals,
        snapshot: () => this.#snapshot,
        pageOf: (id) => (this.pages ? `https://admin.example/approvals/${id}` : undefined),
        ...{ wait: 50_000, waitWithProgress: 120_000 },
        ...(options.maxHeld === undefined ? {} : { maxHeld: options.maxHeld }),
      },
      ...options.gate,
    });
  }

  /** Other rules are in force from now on. */
  reload(...groups: readonly (readonly RuleText[])[]): void {
    this.#snapshot = { policies: policiesOf(...groups), revision: `r${Math.random()}` };
    this.approvals.policyChanged();
  }

  /** Lets a request come. */
  call(frame: RequestFrame, facts: CallFacts = {}): HeldOne {
    const { identity = ana, protocol = '2025-06-18' } = facts;
    const session = facts.session ?? sessionOf(identity, protocol);
    const { method, params } = frame.message;
    const told: SessionFacts = { name: session.name, client: { name: 'agent', version: '7' } };
    const exchange = new Exchange({
      ...{ id: `x${++this.#count}`, snapshot: this.#snapshot, identity, upstream: 'db', method },
      session: { ...told, protocol },
      ...{ clock, maskKey: testContext.key, requestId: frame.message.id },
      target: targetOf(method, params).name,
    });
    const client = new TestClient();
    const waiting = new CallWaiting(client, session, requests);
    exchange.waiting = facts.unheard ? undefined : waiting;
    let settled: Verdict | undefined;
    const verdict = this.gate.pass(frame, exchange).then((found) => {
      settled = found;
      return found;
    });
    const outcome = verdict.then((found) => ({
      made: found.kind === 'forward',
      message: leaving(found) as JsonObject | undefined,
    }));
    return { exchange, client, session, waiting, verdict, outcome, settled: () => settled };
  }

  /** All approvals, the oldest first. */
  async all(): Promise<Approval[]> {
    return [...(await this.store.list({ limit: 100 }))].reverse();
  }

  /** The last approval that was asked for. */
  async last(): Promise<Approval> {
    const [last] = await this.store.list({ limit: 1 });
    if (!last) throw new GateError('APPROVAL_UNKNOWN', 'nothing was asked');
    return last;
  }

  async approve(more: Partial<Decided> = {}, by = dba()): Promise<Approval> {
    const { id } = await this.last();
    return this.approvals.decide(id, { verdict: 'approve', via: 'api', ...more }, by);
  }

  async deny(reason: string): Promise<Approval> {
    const { id } = await this.last();
    return this.approvals.decide(id, { verdict: 'deny', reason, via: 'api' }, dba());
  }

  /** What the transcript has of an exchange, of some kinds. */
  events(
    { exchange }: HeldOne,
    ...kinds: readonly TranscriptEvent['kind'][]
  ): (TranscriptEvent['detail'] | undefined)[] {
    const events = this.recorder.events(exchange.id);
    return events.filter(({ kind }) => kinds.includes(kind)).map(({ detail }) => detail);
  }
}

/** A session of a client that can show its user pages. */
export function sessionOf(identity: Identity, protocol: string, visits = true): Session {
  const { sub, issuer } = identity;
  return new Session({
    ...{ id: 'i', name: `s${Math.random()}`, sub, issuer, upstream: 'db', visits, protocol },
    ...{ upstreamSession: undefined, client: {}, begunAt: 0, usedAt: 0 },
  });
}

/** Answers the question that a client was asked last. */
export function answerTo({ client, session }: HeldOne, result: JsonObject): boolean {
  const asked = client.messages.findLast(({ method }) => method === 'elicitation/create');
  const message = { jsonrpc: '2.0', id: String(asked?.id), result } as const;
  const frame: AnswerFrame = { kind: 'result', direction: 'up', message };
  return requests.settle(frame, session);
}
