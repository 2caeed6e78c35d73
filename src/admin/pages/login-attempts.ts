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

/** Keeps logins that were begun in sealed cookies: one for each tab, so that several can log in at once. */
export class LoginAttempts {
  readonly #options: LoginAttemptsOptions;

  constructor(options: LoginAttemptsOptions) {
    this.#options = options;
  }

  /** The Set-Cookie header that keeps one. */
  keep({ attempt: { state, nonce, verifier }, back }: BegunLogin): string {
    const { seal, secure, clock } = this.#options;
    const until = clock() + LIFETIME;
    const value = seal.seal({ state, nonce, verifier, back, until });
    return setCookie(this.#name(state), value, LIFETIME / 1_000, secure());
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
}
