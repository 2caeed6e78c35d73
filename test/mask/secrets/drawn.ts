// Values are drawn here and nowhere written out, so that no scanner of repositories takes a test for a leak.

export const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const DIGITS = '0123456789';
export const HEX = '0123456789abcdef';
export const WORD = UPPER + UPPER.toLowerCase() + DIGITS;
export const BASE64 = `${WORD}+/`;
export const BASE64URL = `${WORD}-_`;

/** Characters of an alphabet in an order that looks random and is always the same; it begins and ends with no sign. */
export function drawn(alphabet: string, length: number, seed = 1): string {
  let state = seed * 7919 + length;
  let text = '';
  while (text.length < length) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const character = alphabet.charAt(Math.floor((state / 2 ** 32) * alphabet.length));
    const atEnd = text.length === 0 || text.length === length - 1;
    if (!atEnd || /[A-Za-z0-9]/.test(character)) text += character;
  }
  return text;
}

const BASE62 = DIGITS + UPPER + UPPER.toLowerCase();

/** 30 characters and the checksum of GitHub's and npm's tokens, worked out here once more from its description. */
export function checksummed(seed = 1): string {
  const body = drawn(WORD, 30, seed);
  let crc = 0xffffffff;
  for (const character of body) {
    crc ^= character.charCodeAt(0);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  let rest = ~crc >>> 0;
  let sum = '';
  for (let i = 0; i < 6; i++) {
    sum = BASE62.charAt(rest % 62) + sum;
    rest = Math.floor(rest / 62);
  }
  return body + sum;
}

export const base64url = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
