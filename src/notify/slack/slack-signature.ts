import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { GateError } from '../../model/errors.ts';
import type { Clock } from '../../model/seams.ts';

/** Seconds that a request may be old, or early where a clock is wrong; what Slack advises. */
const WINDOW = 300;
/** Requests that are remembered: more than people press in five minutes. */
const MAX_SEEN = 10_000;

/**
 * Tells requests of Slack from those of others ("Verifying requests from Slack", version v0 of the signature): signed
 * with the app's secret, not older than five minutes, and not seen before.
 */
export class SlackSignature {
  readonly #secret: string;
  readonly #clock: Clock;
  /** Signatures that were seen, and the second from which they would be too old anyway. The oldest is first. */
  readonly #seen = new Map<string, number>();

  constructor(secret: string, clock: Clock) {
    this.#secret = secret;
    this.#clock = clock;
  }

  /** @throws GateError SLACK_SIGNATURE */
  check(headers: IncomingHttpHeaders, body: Buffer): void {
    const time = headers['x-slack-request-timestamp'];
    const given = headers['x-slack-signature'];
    if (typeof time !== 'string' || typeof given !== 'string' || !/^\d{1,12}$/.test(time)) {
      throw refused('the request is not signed by Slack');
    }
    const hmac = createHmac('sha256', this.#secret).update(`v0:${time}:`).update(body);
    if (!isSame(`v0=${hmac.digest('hex')}`, given)) {
      throw refused('the request is not signed with the signing secret of the app');
    }
    const now = this.#clock() / 1_000;
    if (Math.abs(now - Number(time)) > WINDOW) throw refused('the request is too old');
    this.#remember(given, now);
  }

  #remember(signature: string, now: number): void {
    for (const [seen, end] of this.#seen) {
      if (end > now) break;
      this.#seen.delete(seen);
    }
    if (this.#seen.has(signature)) throw refused('the request was there before');
    // To forget one early would let it in again.
    if (this.#seen.size >= MAX_SEEN) throw refused('there are too many requests of Slack');
    // Until the youngest that is let in would be too old, so that they stand in the order in which they end.
    this.#seen.set(signature, now + 2 * WINDOW + 1);
  }
}

function isSame(own: string, given: string): boolean {
  const [a, b] = [Buffer.from(own), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refused(message: string): GateError {
  return new GateError('SLACK_SIGNATURE', message);
}
