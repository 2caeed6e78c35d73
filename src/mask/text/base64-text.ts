import { isUtf8 } from 'node:buffer';

const CONTROL = /(?![\t\n\r])\p{Cc}/u;
const [TAB, NEWLINE, RETURN, BLANK, DELETE] = [0x09, 0x0a, 0x0d, 0x20, 0x7f];
/** So much of a long one is looked at before it is decoded, which rules out most pictures. */
const BEGINNING = 256;

const sextets = new Int8Array(128).fill(-1);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
for (const [value, one] of [...ALPHABET, '+', '/'].entries()) sextets[one.charCodeAt(0)] = value;
for (const [value, one] of ['-', '_'].entries()) sextets[one.charCodeAt(0)] = 62 + value;

/** The UTF-8 text that base64 stands for; undefined where it is anything else. */
export function textOf(base64: string): string | undefined {
  if (base64.length > BEGINNING && !beginsAsText(base64)) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === 0 || !isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  return CONTROL.test(text) ? undefined : text;
}

/** Of base64 that is known to hold text. */
export function decodeBase64(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

function beginsAsText(base64: string): boolean {
  for (let i = 0; i < BEGINNING; i++) {
    // Whoever decodes it passes over what is no base64, so nothing is known of it.
    if (sextet(base64, i) < 0) return true;
  }
  return readsAsText(base64, 0, BEGINNING) >= 0;
}

/** True where base64, with ends of lines in it or without, decodes to UTF-8 without control characters. */
export function holdsText(text: string, start: number, end: number): boolean {
  return readsAsText(text, start, end) === 0;
}

/**
 * Decodes base64 without keeping anything (UTF-8: RFC 3629, section 4).
 *
 * @returns how many bytes the last character still lacks, or -1 from the first byte that can be no text
 */
function readsAsText(text: string, start: number, end: number): number {
  let bits = 0;
  let count = 0;
  let lacking = 0;
  let low = 0x80;
  let high = 0xbf;
  for (let i = start; i < end; i++) {
    const value = sextet(text, i);
    if (value < 0) continue;
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    const byte = (bits >> count) & 0xff;
    if (lacking > 0) {
      if (byte < low || byte > high) return -1;
      lacking--;
      low = 0x80;
      high = 0xbf;
    } else if (byte < 0x80) {
      if (byte < BLANK ? !isOfLine(byte) : byte === DELETE) return -1;
    } else {
      if (byte < 0xc2 || byte > 0xf4) return -1;
      lacking = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      // Below these are longer forms and the controls of Latin-1, above are surrogates and what is past Unicode.
      if (byte === 0xc2 || byte === 0xe0) low = 0xa0;
      else if (byte === 0xf0) low = 0x90;
      else if (byte === 0xed) high = 0x9f;
      else if (byte === 0xf4) high = 0x8f;
    }
  }
  return lacking;
}

function isOfLine(byte: number): boolean {
  return byte === TAB || byte === NEWLINE || byte === RETURN;
}

function sextet(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code < 128 ? (sextets[code] as number) : -1;
}
