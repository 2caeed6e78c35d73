import type { UpstreamLink } from '../transport/contract.ts';
import type { Caller } from './caller.ts';
import { NoticeSender, type Sender } from './down-sender.ts';
import type { SessionFacts } from './exchange.ts';
import type { ExchangeOpener } from './exchange-opener.ts';
import type { Gate } from './gate.ts';
import { listKinds } from './list-changes.ts';
import { isAcknowledgement, Subscription } from './subscription.ts';
import { afterExpiry } from './token-expiry.ts';

/** What a call needs to be a subscription. */
export interface OpenSubscription {
  readonly link: Subscription;
  readonly sender: Sender;
  /** Called once when it is over. */
  readonly close: () => void;
}

/** The subscriptions that are open (2026-07-28, `subscriptions/listen`). */
export class Subscriptions {
  readonly #gate: Gate;
  readonly #exchanges: ExchangeOpener;
  readonly #open = new Set<Subscription>();

  constructor(gate: Gate, exchanges: ExchangeOpener) {
    this.#gate = gate;
    this.#exchanges = exchanges;
  }

  /** One that ends with its caller's token. */
  open(link: UpstreamLink, caller: Caller, facts: SessionFacts): OpenSubscription {
    const subscription = new Subscription(link);
    this.#open.add(subscription);
    const timer = afterExpiry(caller.identity, () => void subscription.conclude());
    const sender = this.#sender(subscription, caller, facts);
    const close = () => {
      clearTimeout(timer);
      this.#open.delete(subscription);
    };
    return { link: subscription, sender, close };
  }

  /** Tells clients that lists may have changed because the policies have. */
  announce(): void {
    for (const subscription of this.#open) {
      for (const kind of listKinds) subscription.announce(kind);
    }
  }

  /** Ends all of them gracefully. */
  async conclude(): Promise<void> {
    await Promise.all([...this.#open].map((subscription) => subscription.conclude()));
  }

  /** Each notification is judged by the policies of its own moment; the acknowledgement belongs to the request. */
  #sender(subscription: Subscription, caller: Caller, facts: SessionFacts): Sender {
    const notices = new NoticeSender(this.#gate);
    return {
      send: (frame, exchange, client) => {
        if (isAcknowledgement(frame)) return notices.send(frame, exchange, client);
        const own = this.#exchanges.of(caller, facts, frame);
        if (subscription.isNews(frame)) {
          own.note('opened', { by: 'gate', why: 'the policies have changed' });
        }
        return notices.send(frame, own, client);
      },
    };
  }
}
