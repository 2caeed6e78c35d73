import { crc32 } from 'node:zlib';
import { looksRandom } from './looks-random.ts';
import type { Mark } from './mark.ts';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECKSUM = 6;
/** 30 random characters and the checksum. */
const BODY = /[A-Za-z0-9]{36}/y;

/**
 * A token as GitHub and npm make them: a word, 30 random characters, and 6 that check them. With the right checksum
 * it is one wherever it ends; without, where it looks random and ends there: that costs little, and a gate that knows
 * of no newer way to make tokens would let them through.
 */
export function checksummedMark(word: string): Mark {
  return {
    word,
    spanAt(text, at) {
      BODY.lastIndex = at + word.length;
      const body = BODY.exec(text)?.[0];
      if (body === undefined) return undefined;
      const end = at + word.length + body.length;
      const ends = !/[A-Za-z0-9]/.test(text.charAt(end));
      const isToken = hasChecksum(body) || (ends && looksRandom(body));
      return isToken ? { start: at, end } : undefined;
    },
  };
}

/**
 * True where the last six characters are the CRC-32 of those before, in base 62
 * (https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/).
 */
function hasChecksum(body: string): boolean {
  let rest = crc32(body.slice(0, -CHECKSUM));
  for (let i = 1; i <= CHECKSUM; i++) {
    if (body[body.length - i] !== DIGITS[rest % DIGITS.length]) return false;
    rest = Math.floor(rest / DIGITS.length);
  }
  return true;
}
