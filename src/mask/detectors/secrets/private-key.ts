import { looksRandom } from './looks-random.ts';
import type { Mark, SecretKind } from './mark.ts';
import { tokenMark } from './token-mark.ts';

// RFC 7468 (PEM), RFC 4716 (SSH2, four hyphens and a blank), RFC 9580 (OpenPGP).
const HEADER = /-{4,5} ?BEGIN [A-Z0-9 ]{0,60}PRIVATE KEY(?: BLOCK)? ?-{4,5}/y;
const END = /-{4} ?END [A-Z0-9 ]{0,60}PRIVATE KEY(?: BLOCK)? ?-{4,5}/g;
/** How far after the header the key must begin, and a run of characters that is no word. */
const LEAD = 600;
const MATERIAL = /[A-Za-z0-9+/]{32,}/;
const OVER = /-{3} ?(?:END|BEGIN) /;
const PUTTY_BEGIN = /PuTTY-User-Key-File-\d: [a-z0-9@.-]{3,60}(?:\s|\\[nr]){1,4}Encryption:/y;
const PUTTY_END = /Private-(?:MAC|Hash): ?[0-9A-Fa-f]{0,128}/g;

/**
 * Blocks of private keys: PEM of all kinds (PKCS#1, PKCS#8, EC, DSA, encrypted), OpenSSH, SSH2, OpenPGP, PuTTY, with
 * line ends of any kind, those written as `\n` too; private members of JSON Web Keys; secret keys of age.
 * A block that never ends runs to the end of the text. A header that no key follows is talk about keys.
 */
export const privateKey: SecretKind = {
  name: 'private-key',
  needs: { length: 40 },
  marks: [
    { word: '---BEGIN ', inside: true, spanAt: pemAt },
    { word: '--- BEGIN ', inside: true, spanAt: pemAt },
    { word: 'PuTTY-User-Key-File-', inside: true, spanAt: puttyAt },
    tokenMark('AGE-SECRET-KEY-1', '[0-9A-Z]{58}', { isReal: () => true }),
    tokenMark('age-secret-key-1', '[0-9a-z]{58}', { isReal: () => true }),
    ...['"d"', '"k"'].map(jwkMark),
  ],
  inField: (text, field) =>
    JWK_MEMBERS.has(field) && JWK_VALUE.test(text) && looksRandom(text)
      ? { start: 0, end: text.length }
      : undefined,
};

// RFC 7518, sections 6.2.2, 6.3.2 and 6.4: what of a key is private.
const JWK_MEMBERS = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']);
const JWK_VALUE = /^[\w-]{40,2000}$/;

function pemAt(text: string, at: number, floor: number) {
  let start = at;
  while (start > floor && at - start < 2 && text[start - 1] === '-') start--;
  HEADER.lastIndex = start;
  if (!HEADER.test(text)) return undefined;
  const body = HEADER.lastIndex;
  const lead = text.slice(body, body + LEAD);
  const over = lead.search(OVER);
  const material = MATERIAL.exec(over === -1 ? lead : lead.slice(0, over))?.[0];
  if (material === undefined || !looksRandom(material)) return undefined;
  return { start, end: footerEnd(text, body) };
}

/** Where the block ends that is open at an index: the end of the text where nothing ends it. */
function footerEnd(text: string, from: number): number {
  END.lastIndex = from;
  return END.test(text) ? END.lastIndex : text.length;
}

function puttyAt(text: string, start: number) {
  PUTTY_BEGIN.lastIndex = start;
  if (!PUTTY_BEGIN.test(text)) return undefined;
  PUTTY_END.lastIndex = start;
  return { start, end: PUTTY_END.test(text) ? PUTTY_END.lastIndex : text.length };
}

function jwkMark(word: string): Mark {
  const value = /\s{0,3}:\s{0,3}"([\w-]{40,2000})"/dy;
  return {
    word,
    spanAt(text, at) {
      value.lastIndex = at + word.length;
      const found = value.exec(text)?.indices?.[1];
      if (found === undefined || !looksRandom(text.slice(...found))) return undefined;
      return { start: found[0], end: found[1] };
    },
  };
}
