import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApprovalPerson } from '../../model/approval.ts';
import { GateError } from '../../model/errors.ts';
import { isList, type JsonObject, textMember } from '../../model/json.ts';
import type { Clock } from '../../model/seams.ts';
import type { Seal } from '../../protocol/seal.ts';
import { cookieName, cookiesOf, setCookie } from './cookies.ts';

export interface LoginSessionsOptions {
  /** Of the purpose `login`. */
  readonly seal: Seal;
  /** The issuer where people log in. A login at another one, from before the configuration was changed, is none. */
  readonly issuer: string;
  /** How long a login lasts, in milliseconds. */
  readonly lifetime: number;
  /** The pages are on https. */
  readonly secure: () => boolean;
  readonly clock: Clock;
}

/** Somebody who has logged in. */
export interface LoginSession {
  readonly id: string;
  readonly person: ApprovalPerson & { readonly groups: readonly string[] };
  /** Stands in each form of the pages, so that no other site's form passes for one of them. */
  readonly formToken: string;
  readonly until: number;
}

/** Browsers take cookies of up to 4,096 bytes with their names and attributes. */
const PART = 3_600;
/** Of the 64 KiB that the headers of a request may have. */
const MAX_PARTS = 8;
const MAX_ENDED = 10_000;

/**
 * Keeps logins in cookies that the gate alone can read or make (DESIGN, seals), so that every replica with the same key
 * knows them. One that was logged out of is refused by the gate where that was done, even if the cookie was copied.
 */
export class LoginSessions {
  readonly #options: LoginSessionsOptions;
  /** Ids of those that were logged out of, and until when they would have lasted. */
  readonly #ended = new Map<string, number>();

  constructor(options: LoginSessionsOptions) {
    this.#options = options;
  }

  /**
   * Set-Cookie headers that log somebody in.
   *
   * @throws GateError LOGIN_FAILED where the person has more groups than cookies can hold
   */
  start({ issuer, sub, email, groups = [] }: ApprovalPerson): string[] {
    const { seal, lifetime, clock } = this.#options;
    const text = seal.seal({
      ...{ id: randomBytes(16).toString('base64url'), until: clock() + lifetime },
      ...{ formToken: randomBytes(24).toString('base64url'), issuer, sub, groups },
      ...(email !== undefined && { email }),
    });
    const count = Math.ceil(text.length / PART);
    if (count > MAX_PARTS) {
      const hint = 'have the issuer name only the groups that roles and rules go by';
      throw new GateError('LOGIN_FAILED', 'you are in more groups than a login can hold', { hint });
    }
    return Array.from({ length: count }, (_, index) => {
      const part = text.slice(index * PART, (index + 1) * PART);
      return this.#cookie(index, index === 0 ? `${count}.${part}` : part, lifetime / 1_000);
    });
  }

  /** Whose request it is; undefined where nobody is logged in. */
  read(cookieHeader: string | undefined): LoginSession | undefined {
    const facts = this.#options.seal.open(this.#text(cookiesOf(cookieHeader)));
    const session = facts && sessionOf(facts);
    const { issuer, clock } = this.#options;
    if (session?.person.issuer !== issuer || session.until <= clock()) return undefined;
    return this.#ended.has(session.id) ? undefined : session;
  }

  /** Set-Cookie headers that log out. */
  end({ id, until }: LoginSession): string[] {
    const now = this.#options.clock();
    for (const [known, end] of this.#ended) {
      if (end > now && this.#ended.size < MAX_ENDED) break;
      this.#ended.delete(known);
    }
    this.#ended.set(id, until);
    return Array.from({ length: MAX_PARTS }, (_, index) => this.#cookie(index, '', 0));
  }

  #text(cookies: ReadonlyMap<string, string>): string {
    const [count = '', first = ''] = (cookies.get(this.#name(0)) ?? '').split('.');
    if (!/^[1-8]$/.test(count)) return '';
    const rest = Array.from({ length: Number(count) - 1 }, (_, index) => index + 1);
    return first + rest.map((index) => cookies.get(this.#name(index)) ?? '').join('');
  }

  #cookie(index: number, value: string, seconds: number): string {
    return setCookie(this.#name(index), value, seconds, this.#options.secure());
  }

  #name(index: number): string {
    return cookieName(`login-${index}`, this.#options.secure());
  }
}

/** Whether a form is one that this session was shown. */
export function isOwnForm({ formToken }: LoginSession, given: string): boolean {
  const [own, theirs] = [Buffer.from(formToken), Buffer.from(given)];
  return own.length === theirs.length && timingSafeEqual(own, theirs);
}

function sessionOf(facts: JsonObject): LoginSession | undefined {
  const { until, groups } = facts;
  const id = textMember(facts, 'id');
  const formToken = textMember(facts, 'formToken');
  const issuer = textMember(facts, 'issuer');
  const sub = textMember(facts, 'sub');
  const email = textMember(facts, 'email');
  const isWhole = id && formToken && issuer !== undefined && sub !== undefined;
  if (!isWhole || typeof until !== 'number' || !isList(groups)) return undefined;
  const named = groups.filter((group) => typeof group === 'string');
  const person = { issuer, sub, groups: named, ...(email !== undefined && { email }) };
  return { id, person, formToken, until };
}
