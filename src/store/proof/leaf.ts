import { hash } from 'node:crypto';

// What one step is digested to: docs/proof.md has the format for those who write a verifier. All digests are SHA-256
// in hexadecimal digits, all texts are hashed as UTF-8, all JSON is as JSON.stringify writes it.

/** A step as its leaf has it. What stands here may have been tampered with, so no type of a value is taken for granted. */
export interface LeafStep {
  readonly position: number;
  readonly exchange: string;
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly revision: string;
}

/** What a step says, as it is kept. */
export interface StepContents {
  /** JSON. */
  readonly detail: string | null;
  readonly payload: string | null;
  readonly sealed: Uint8Array | null;
}

/** What an exchange is about, but for its target and who called. */
export interface LeafHead {
  readonly openedAt: number;
  readonly upstream: string;
  readonly method: string;
  readonly protocol: string | null;
  readonly revision: string;
}

/** Who called. */
export interface LeafNames {
  readonly session: string | null;
  readonly sub: string | null;
  readonly issuer: string | null;
  readonly client: string | null;
  readonly agent: string | null;
  readonly ip: string | null;
  readonly identity: string | null;
}

/** How an exchange ended. */
export interface LeafEnd {
  readonly closedAt: number | null;
  readonly outcome: string;
  readonly effect: string | null;
  readonly rule: string | null;
}

/** The array that says what an exchange is about: {@link headOf}. */
export type HeadArray = readonly (string | number | null)[];

/**
 * The salt of all that can be erased of an exchange: nobody can try out what an erased text was. It can be told
 * without telling the secret, which keys of originals are made of.
 *
 * @param secret in hexadecimal digits; empty where the exchange was recorded before there were proofs
 * @param period whose key opens its originals; null where none is sealed. Who moved it to another would lock them
 */
export function contentsSalt(secret: string, period: number | null): string {
  return secret === '' ? '' : hash('sha256', `contents:${period ?? '-'}:${secret}`, 'hex');
}

/** The digest of what a step says; null where it says nothing. */
export function contentsDigest(
  salt: string,
  { detail, payload, sealed }: StepContents,
): string | null {
  const original = sealed === null ? null : hash('sha256', sealed, 'hex');
  return contentsDigestBy(salt, detail, payload, original);
}

/** The same where only the digest of the sealed original is at hand. */
export function contentsDigestBy(
  salt: string,
  detail: string | null,
  payload: string | null,
  sealed: string | null,
): string | null {
  if (detail === null && payload === null && sealed === null) return null;
  return hash('sha256', `${salt}:${sized(detail)}${sized(payload)}${sealed ?? '-'}`, 'hex');
}

/** A text with its length before it, in bytes, so that none can pass for the end of another. */
function sized(text: string | null): string {
  if (text === null) return '-:';
  // A blob where there was a text; if it was there before it was signed, it may not be changed either.
  if (typeof text !== 'string') return `!${hash('sha256', text, 'hex')}:`;
  return `${Buffer.byteLength(text)}:${text}`;
}

/** The digest of a target; null where there is none. */
export function targetDigest(salt: string, target: string | null): string | null {
  return target === null ? null : hash('sha256', `${salt}:target:${JSON.stringify(target)}`, 'hex');
}

/** @param salt that of the exchange's names, in hexadecimal digits; empty where it has none */
export function namesDigest(salt: string, names: LeafNames): string {
  const { session, sub, issuer, client, agent, ip, identity } = names;
  const text = JSON.stringify([session, sub, issuer, client, agent, ip, identity]);
  return hash('sha256', `${salt}:${text}`, 'hex');
}

export function headOf(
  { openedAt, upstream, method, protocol, revision }: LeafHead,
  target: string | null,
  names: string,
): HeadArray {
  return [openedAt, upstream, method, protocol, revision, target, names];
}

export function endOf({ closedAt, outcome, effect, rule }: LeafEnd): HeadArray {
  return [closedAt, outcome, effect, rule];
}

/**
 * The leaf of a step.
 *
 * @param head of the exchange, with its first step and with the one that ends it; otherwise null
 * @param end of the exchange, with the step that ends it; otherwise null
 */
export function leafDigest(
  { position, exchange, seq, at, kind, revision }: LeafStep,
  contents: string | null,
  head: HeadArray | null,
  end: HeadArray | null,
): string {
  const leaf = [1, position, exchange, seq, at, kind, revision, contents, head, end];
  return hash('sha256', JSON.stringify(leaf), 'hex');
}
