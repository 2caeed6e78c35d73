import { GateError } from '../model/errors.ts';
import type { Identity } from '../model/identity.ts';
import { isList, isObject, type Json, type JsonObject, member, textMember } from '../model/json.ts';
import type { IssuerOptions } from './issuer-options.ts';

/** The bound that OpenID Connect Core 1.0, section 2, sets for `sub`. */
const MAX_SUB = 255;

/**
 * Who a verified token speaks for. All of the result is frozen.
 *
 * @throws GateError AUTH_TOKEN_INVALID where `sub` is missing, too long or has control characters
 */
export function identityOf(claims: JsonObject, issuer: IssuerOptions): Identity {
  const email = emailOf(claims);
  const client = textMember(claims, 'client_id') ?? textMember(claims, 'azp');
  const act = member(claims, 'act');
  const actor = isObject(act) ? textMember(act, 'sub') : undefined;
  return Object.freeze({
    sub: subOf(claims),
    issuer: issuer.url,
    ...(email !== undefined && { email }),
    groups: Object.freeze(words(claimAt(claims, issuer.groups_claim), false)),
    scopes: Object.freeze(scopesOf(claims, issuer)),
    ...(client !== undefined && { client }),
    ...(actor !== undefined && { actor }),
    claims: deepFreeze(claims),
  });
}

function subOf(claims: JsonObject): string {
  const sub = textMember(claims, 'sub');
  if (sub && sub.length <= MAX_SUB && !/\p{Cc}/u.test(sub)) return sub;
  throw new GateError('AUTH_TOKEN_INVALID', 'the token names no usable subject', {
    hint: `\`sub\` must be text of at most ${MAX_SUB} characters`,
  });
}

// An address that its holder only typed in would let anybody pass for a colleague in a rule about e-mail, so one that
// the issuer calls unverified is left out. Some issuers write the boolean as text.
function emailOf(claims: JsonObject): string | undefined {
  const verified = member(claims, 'email_verified');
  return verified === false || verified === 'false' ? undefined : textMember(claims, 'email');
}

function scopesOf(claims: JsonObject, issuer: IssuerOptions): string[] {
  return words(claimAt(claims, issuer.scopes_claim) ?? member(claims, 'scp'), true);
}

/** A claim of exactly this name, such as a URL, or else what a dotted path leads to. */
export function claimAt(claims: JsonObject, name: string): Json | undefined {
  const literal = member(claims, name);
  if (literal !== undefined) return literal;
  let value: Json | undefined = claims;
  for (const key of name.split('.')) value = isObject(value) ? member(value, key) : undefined;
  return value;
}

/** Texts of a list, or a single text; the text is split at spaces where words are meant. */
function words(value: Json | undefined, split: boolean): string[] {
  if (isList(value)) return value.filter((item) => typeof item === 'string');
  if (typeof value !== 'string') return [];
  return (split ? value.split(' ') : [value]).filter((word) => word !== '');
}

function deepFreeze<T extends Json>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) deepFreeze(item);
    Object.freeze(value);
  }
  return value;
}
