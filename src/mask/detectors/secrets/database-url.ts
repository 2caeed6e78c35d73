import type { SecretKind } from './mark.ts';
import { isPlaceholder } from './placeholder.ts';

/** Longer ones are no names and passwords. */
const MAX_USER = 128;
const MAX_PASSWORD = 512;
/** The end of a scheme (RFC 3986, section 3.1). */
const SCHEME = /^[A-Za-z0-9+.-][A-Za-z0-9]$/;
const PORT = /\d{1,5}(?![\w@.!$%&*+-])/y;
const COLON = 0x3a;
const AT = 0x40;
const SLASH = 0x2f;
const NO_PASSWORD = codesOf(' \t\r\n\v\f\u00a0"\'`<>\\');
const NO_USER = new Set([...NO_PASSWORD, ...codesOf('/?#')]);
const AFTER_HOST = codesOf('/?#,');

/**
 * The user and password of an address (RFC 3986, section 3.2.1) of a database, a queue or any other server:
 * of `postgres://app:s3cret@db/orders` it is `app:s3cret`. An address with a user alone has no secret.
 */
export const databaseUrl: SecretKind = {
  name: 'database-url',
  needs: { length: 8, characters: '@' },
  marks: [
    {
      word: '://',
      inside: true,
      spanAt(text, at, floor) {
        if (!SCHEME.test(text.slice(Math.max(floor, at - 2), at))) return undefined;
        const start = at + 3;
        if (text[start] === '[') return undefined;
        const colon = userEnd(text, start);
        if (colon === undefined) return undefined;
        PORT.lastIndex = colon + 1;
        if (PORT.test(text)) return undefined;
        const end = passwordEnd(text, colon + 1);
        if (end === undefined || isPlaceholder(text.slice(colon + 1, end))) return undefined;
        return { start, end };
      },
    },
  ],
};

function userEnd(text: string, start: number): number | undefined {
  const most = Math.min(text.length, start + MAX_USER);
  for (let i = start; i < most; i++) {
    const code = text.charCodeAt(i);
    if (code === COLON) return i;
    if (code === AT || NO_USER.has(code)) return undefined;
  }
  return undefined;
}

/** The last `@` before the host: people forget to escape one in a password, and a slash or a hash too. */
function passwordEnd(text: string, start: number): number | undefined {
  let last: number | undefined;
  const most = Math.min(text.length, start + MAX_PASSWORD);
  for (let i = start; i < most; i++) {
    const code = text.charCodeAt(i);
    // Another address begins: no `@` after it is this one's.
    if (NO_PASSWORD.has(code) || (code === SLASH && text.charCodeAt(i + 1) === SLASH)) break;
    if (code === AT) last = i;
    if (last !== undefined && AFTER_HOST.has(code)) break;
  }
  return last === start ? undefined : last;
}

function codesOf(characters: string): ReadonlySet<number> {
  return new Set([...characters].map((character) => character.charCodeAt(0)));
}
