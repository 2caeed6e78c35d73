import { textMember } from '../model/json.ts';
import type { Clock } from '../model/seams.ts';
import type { Seal } from '../protocol/seal.ts';

/** What a ticket says once it is opened. */
export interface Ticket {
  readonly approval: string;
  /** The e-mail address that it was sent to. */
  readonly address: string;
  /** Milliseconds since the epoch: its link is of no use from then on. */
  readonly until: number;
}

/** Longer texts are no ticket of ours: an address has 254 characters at most (RFC 5321, section 4.5.3.1). */
const MAX_TEXT = 1_024;

/**
 * Tickets in links of e-mails. A ticket lets nobody in: whoever follows the link must log in, with the address that it
 * was sent to, and may decide by it once. So a mail that is forwarded, or read by a scanner, decides nothing.
 */
export class Tickets {
  readonly #seal: Seal;
  readonly #clock: Clock;

  /** @param seal of the purpose `ticket`, by a key that outlives the process if links shall */
  constructor(seal: Seal, clock: Clock) {
    this.#seal = seal;
    this.#clock = clock;
  }

  /** The link of an approval's page with a ticket for one address. */
  link(page: string, { approval, address, until }: Ticket): string {
    const url = new URL(page);
    url.searchParams.set('ticket', this.#seal.seal({ approval, address, until }));
    return url.href;
  }

  /** What a ticket says; undefined where it is none of ours, too old, or for another approval. */
  open(text: string, approval: string): Ticket | undefined {
    const facts = text.length > MAX_TEXT ? undefined : this.#seal.open(text);
    const address = textMember(facts, 'address');
    const until = facts?.until;
    if (address === undefined || typeof until !== 'number') return undefined;
    if (facts?.approval !== approval || until <= this.#clock()) return undefined;
    return { approval, address, until };
  }
}
