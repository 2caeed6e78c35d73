import { GateError } from '../../../model/errors.ts';
import { isObject, textMember } from '../../../model/json.ts';
import type { Frame, RequestFrame } from '../../../model/message.ts';
import { mayAsk } from '../../../protocol/era-words.ts';
import { rpcCodes } from '../../../protocol/jsonrpc.ts';
import type { UpstreamSession as Place, UpstreamSink } from '../../contract.ts';
import type { Aside } from '../ask.ts';
import { asGateError, type Bridge } from '../bridge.ts';
import { CallSink } from '../call-sink.ts';
import { accept, errorDown, finish, resultDown, rpcError } from '../frames.ts';
import { Call } from './call.ts';
import { Lease } from './lease.ts';
import { PendingCalls } from './pending.ts';
import { Pool } from './pool.ts';
import { Subscription } from './subscription.ts';
import {
  type ClientOffer,
  clientOffer,
  discoverResult,
  targetOf,
  untranslatable,
} from './translate.ts';
import type { Opened } from './upstream-session.ts';

/** Requests of stateless clients at an upstream that serves sessions only. */
export class StatelessOverSession {
  readonly #bridge: Bridge;
  readonly #pool: Pool;
  readonly #pending: PendingCalls<Call>;
  #lastId = 0;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    this.#pool = new Pool(bridge, () => ++this.#lastId);
    this.#pending = new PendingCalls(bridge.limits.pending, bridge.times.input);
  }

  /** As {@link UpstreamLink.send}. */
  send(frame: Frame, { owner }: Place, sink: UpstreamSink, signal: AbortSignal): void {
    const guarded = new CallSink(sink, signal, this.#bridge.log);
    // Clients of this era only ask; to give a request up they stop listening.
    if (frame.kind !== 'request') return accept(guarded);
    const { id } = frame.message;
    const refusal = untranslatable(frame, this.#bridge.name);
    if (refusal) return finish(guarded, errorDown(id, refusal));
    if (this.#resumes(frame, owner, guarded)) return;
    void this.#request(frame, owner, guarded);
  }

  /** Ends the sessions of an owner that nothing uses. */
  end(owner: string): Promise<void> {
    return this.#pool.end(owner);
  }

  async stop(): Promise<void> {
    this.#pending.stop();
    await this.#pool.stop();
  }

  /** True where the request goes on with a call, or names one that isn't there. */
  #resumes(frame: RequestFrame, owner: string, sink: CallSink): boolean {
    const { id, method, params } = frame.message;
    if (!mayAsk(method) || params?.requestState === undefined) return false;
    const token = textMember(params, 'requestState') ?? '';
    const call = this.#pending.take(token, owner, targetOf(frame));
    if (call) call.resume(frame, sink);
    else {
      const said = 'there is no call that waits under this requestState: start over without it';
      finish(sink, errorDown(id, rpcError(rpcCodes.invalidParams, said)));
    }
    return true;
  }

  async #request(frame: RequestFrame, owner: string, sink: CallSink): Promise<void> {
    try {
      const opened = await this.#lease(owner, clientOffer(frame.message.params), sink.aside);
      if ('refusal' in opened) return finish(sink, errorDown(frame.message.id, opened.refusal));
      const { lease, initialized } = opened;
      if (sink.over) return lease.give();
      await this.#serve(frame, sink, lease, initialized);
    } catch (error) {
      sink.fail(asGateError(error));
    }
  }

  async #serve(
    frame: RequestFrame,
    sink: CallSink,
    lease: Lease,
    initialized: Initialized,
  ): Promise<void> {
    const { id, method } = frame.message;
    if (method === 'server/discover') {
      lease.give();
      return finish(sink, resultDown(id, discoverResult(initialized)));
    }
    if (method === 'subscriptions/listen') {
      const { capabilities } = initialized;
      const subscription = new Subscription(frame, sink, lease, this.#bridge.limits.items);
      return subscription.open(isObject(capabilities) ? capabilities : {});
    }
    const call = new Call(frame, sink, lease, {
      ...{ bridge: this.#bridge, pending: this.#pending, newId: () => ++this.#lastId },
      renew: (lost) => this.#renew(lost),
    });
    if (call.level !== undefined) await lease.session.setLevel(call.level, sink.aside);
    if (!sink.over) call.start();
  }

  async #renew({ owner, client, level, aside }: Call): Promise<Lease | undefined> {
    const opened = await this.#lease(owner, client, aside).catch(() => undefined);
    if (!opened || !('lease' in opened)) return undefined;
    if (level !== undefined) await opened.lease.session.setLevel(level, aside);
    return opened.lease;
  }

  /** @throws GateError where no session could be had */
  async #lease(owner: string, client: ClientOffer, aside: Aside | undefined) {
    const session = this.#pool.take(owner, client, aside);
    if (session instanceof GateError) throw session;
    const lease = new Lease(this.#pool, session);
    try {
      const opened = await session.opened;
      if ('refusal' in opened) {
        lease.give();
        return opened;
      }
      lease.serverInfo = opened.initialized.serverInfo;
      return { lease, initialized: opened.initialized };
    } catch (error) {
      lease.give();
      throw error;
    }
  }
}

type Initialized = Extract<Opened, { initialized: unknown }>['initialized'];
