import type { Span } from '../../detector.ts';
import { isWord } from '../context/ascii.ts';
import { entropy, looksRandom } from './looks-random.ts';
import type { Mark, SecretKind } from './mark.ts';
import { tokenMark } from './token-mark.ts';

// Ids of access keys; those of roles, users and groups (AROA, AIDA, AGPA) open nothing.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
const ids = ['AKIA', 'ASIA', 'ABIA', 'ACCA'];
const SECRET_LENGTH = 40;
const MIN_SECRET_ENTROPY = 4.1;
/** How far after its name, or after the id it belongs to, a secret key may stand. */
const REACH = 120;
const SECRET = /(?<![A-Za-z0-9/+=_-])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_-])/g;
const SECRET_FIELD = /secret|aws|s3/i;

/**
 * Keys of Amazon Web Services: ids of access keys, secret access keys (40 characters near their name or an id),
 * session tokens, Bedrock keys and the signatures of signed addresses.
 */
export const awsKey: SecretKind = {
  name: 'aws-key',
  needs: { length: 20 },
  marks: [
    ...ids.map((word) => tokenMark(word, '[A-Z2-7]{16}', { isReal: isId })),
    ...ids.map(
      (word): Mark => ({ word, beyond: true, spanAt: (text, at) => secretAfter(text, at + 20) }),
    ),
    ...['secretaccesskey', 'secret_access_key', 'secret-access-key', 'secret access key'].map(
      (word): Mark => ({
        word,
        anyCase: true,
        inside: true,
        spanAt: (text, at) => secretAfter(text, at + word.length),
      }),
    ),
    ...['aws_secret', 'aws-secret', 'aws secret', 'awssecret'].map(
      (word): Mark => ({
        word,
        anyCase: true,
        inside: true,
        spanAt: (text, at) => secretAfter(text, at + word.length),
      }),
    ),
    // What temporary credentials begin with: the token names its region and service.
    ...['IQoJb3JpZ2luX2Vj', 'FwoGZXIvYXdzE', 'FQoGZXIvYXdzE'].map((word) =>
      tokenMark(word, '[A-Za-z0-9/+%]{60,4000}(?:={1,2}|(?:%3D){1,2})?'),
    ),
    tokenMark('ABSKQmVkcm9ja0FQSUtleS', '[A-Za-z0-9+/]{80,400}={0,2}'),
    tokenMark('bedrock-api-key-', '[A-Za-z0-9+/=_-]{60,4000}'),
    signature('X-Amz-Signature='),
    signature('x-amz-signature='),
  ],
  inField: (text, field) =>
    text.length === SECRET_LENGTH && SECRET_FIELD.test(field) ? secretIn(text, 0) : undefined,
};

function isId(body: string): boolean {
  return entropy(body) > 2.2;
}

function secretAfter(text: string, from: number): Span | undefined {
  if (!mayHoldSecret(text, from)) return undefined;
  return secretIn(text.slice(from, from + REACH), from);
}

/** A stretch of so many characters goes over one of the places that are looked at: a quick "no" to most texts. */
function mayHoldSecret(text: string, from: number): boolean {
  const most = Math.min(text.length, from + REACH);
  for (let place = from + SECRET_LENGTH - 1; place < most; place += SECRET_LENGTH) {
    let start = place;
    while (start >= from && isOfSecret(text.charCodeAt(start))) start--;
    if (start === place) continue;
    let end = place + 1;
    while (end < most && end - start <= SECRET_LENGTH && isOfSecret(text.charCodeAt(end))) end++;
    if (end - start > SECRET_LENGTH) return true;
  }
  return false;
}

function isOfSecret(code: number): boolean {
  return isWord(code) || code === 43 || code === 47;
}

function secretIn(stretch: string, from: number): Span | undefined {
  SECRET.lastIndex = 0;
  for (let found = SECRET.exec(stretch); found; found = SECRET.exec(stretch)) {
    if (!isSecret(found[0])) continue;
    return { start: from + found.index, end: from + found.index + SECRET_LENGTH };
  }
  return undefined;
}

/** A digest of 40 hexadecimal digits, or a path, is no key. */
function isSecret(value: string): boolean {
  return looksRandom(value) && /[a-z]/.test(value) && /[A-Z]/.test(value) && isMixed(value);
}

function isMixed(value: string): boolean {
  return entropy(value) > MIN_SECRET_ENTROPY && !/\/[a-z]{3,}\//.test(value);
}

/** A signed address opens what it names for whoever has it. */
function signature(word: string): Mark {
  const digits = /[0-9a-f]{64}(?![0-9a-f])/y;
  return {
    word,
    spanAt(text, at) {
      digits.lastIndex = at + word.length;
      return digits.test(text) ? { start: at + word.length, end: digits.lastIndex } : undefined;
    },
  };
}
