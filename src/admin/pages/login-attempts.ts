import { createHash } from 'node:crypto';
import type { LoginAttempt } from '../../auth/login.ts';
import { textMember } from '../../model/json.ts';
import type { Clock } from '../../model/seams.ts';
import type { Seal } from '../../protocol/seal.ts';
import { cookieName, cookiesOf, setCookie } from './cookies.ts';

export interface LoginAttemptsOptions {
  /** Of the purpose `login attempt`. */
  readonly seal: Seal;
  /** The pages are on https. */
  readonly secure: () => boolean;
  readonly clock: Clock;
}

/** A login that was begun, and the page that it was begun for. */
export interface BegunLogin {
  readonly attempt: LoginAttempt;
  /** Path and query. */
  readonly back: string;
}

/** How long somebody may take to log in, in milliseconds. */
const LIFETIME = 600_000;
/** Kept at a time: any site can have a browser begin many, and headers that are too long are refused. */
const MAX_KEPT = 10;

/** Keeps logins that were begun in sealed cookies: one for each tab, so that several can log in at once. */
export class LoginAttempts {
  readonly #options: LoginAttemptsOptions;

  constructor(options: LoginAttemptsOptions) {
    this.#options = options;
  }

  /** Set-Cookie headers that keep one, and forget the oldest where this browser has begun too many. */
  keep(
    { attempt: { state, nonce, verifier }, back }: BegunLogin,
    cookieHeader: string | undefined,
  ): string[] {
    const { seal, secure, clock } = this.#options;
    const until = clock() + LIFETIME;
    const value = seal.seal({ state, nonce, verifier, back, until });
    // Browsers send the oldest first (RFC 6265, section 5.4).
    const before = [...cookiesOf(cookieHeader).keys()].filter((name) => this.#isName(name));
    const forgotten = before.slice(0, Math.max(0, before.length - MAX_KEPT + 1));
    return [
      ...forgotten.map((name) => setCookie(name, '', 0, secure())),
      setCookie(this.#name(state), value, LIFETIME / 1_000, secure()),
    ];
  }

  /** The one that this browser began with a state; undefined where there is none, or it took too long. */
  find(state: string, cookieHeader: string | undefined): BegunLogin | undefined {
    const { seal, clock } = this.#options;
    const facts = seal.open(cookiesOf(cookieHeader).get(this.#name(state)) ?? '');
    if (textMember(facts, 'state') !== state) return undefined;
    const nonce = textMember(facts, 'nonce') ?? '';
    const verifier = textMember(facts, 'verifier') ?? '';
    const until = facts?.until;
    if (typeof until !== 'number' || until <= clock()) return undefined;
    return { attempt: { state, nonce, verifier }, back: textMember(facts, 'back') ?? '' };
  }

  /** The Set-Cookie header that forgets one: it serves once. */
  forget(state: string): string {
    return setCookie(this.#name(state), '', 0, this.#options.secure());
  }

  #name(state: string): string {
    const short = createHash('sha256').update(state).digest('base64url').slice(0, 8);
    return cookieName(`attempt-${short}`, this.#options.secure());
  }

  #isName(name: string): boolean {
    const prefix = cookieName('attempt-', this.#options.secure());
    return name.startsWith(prefix) && /^[\w-]{8}$/.test(name.slice(prefix.length));
  }
}
