import { isUtf8 } from 'node:buffer';
import type { Span } from '../detector.ts';

/** Base64 inside a text that is itself text once it is decoded. */
export interface Base64Run extends Span {
  readonly decoded: string;
  /** Another text in the manner of this run: alphabet, padding, length of lines. */
  encode(text: string): string;
}

/** Eight bytes: shorter runs are words, most often, and hold next to nothing. */
export const SHORTEST_RUN = 11;
/** A line that goes on in the next one is at least so long (MIME has 76 characters, PEM 64). */
const SHORTEST_LINE = 40;
const RUN = new RegExp(`[A-Za-z0-9+/_-]{${SHORTEST_RUN},}`, 'g');
const LINE = /\r?\n([A-Za-z0-9+/_-]+)/y;
const PADDING = /={1,2}/y;
/** What parts base64 from something else, when it isn't a character of it: the path of a URL, a name. */
const PART = /[A-Za-z0-9]{11,}/g;
const PARTING = /[^A-Za-z0-9]/;
const CONTROL = /(?![\t\n\r])\p{Cc}/u;

const sextets = new Int8Array(128).fill(-1);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
for (const [value, one] of [...ALPHABET, '+', '/'].entries()) sextets[one.charCodeAt(0)] = value;
for (const [value, one] of ['-', '_'].entries()) sextets[one.charCodeAt(0)] = 62 + value;

/** Base64 and base64url (RFC 4648, sections 4 and 5) inside a text, lines of it too, that decode to UTF-8 text. */
export function base64Runs(text: string): Base64Run[] {
  const runs: Base64Run[] = [];
  RUN.lastIndex = 0;
  for (let match = RUN.exec(text); match; match = RUN.exec(text)) {
    const start = match.index;
    const end = linesEnd(text, start, start + match[0].length);
    const run = decodeRun(text, start, end);
    if (run) runs.push(run);
    else if (end === start + match[0].length) runs.push(...partsOf(text, start, match[0]));
    RUN.lastIndex = run ? run.end : end;
  }
  return runs;
}

/** Where lines of base64 end whose first one ends at an index. */
function linesEnd(text: string, start: number, first: number): number {
  let end = first;
  let length = end - start;
  while (length >= SHORTEST_LINE) {
    LINE.lastIndex = end;
    const line = LINE.exec(text)?.[1];
    // Only the last line is shorter than the first, and none is longer.
    if (line === undefined || line.length > first - start) break;
    end = LINE.lastIndex;
    length = line.length === first - start ? length : 0;
  }
  return end;
}

function partsOf(text: string, start: number, whole: string): Base64Run[] {
  if (!PARTING.test(whole)) return [];
  const parts = [...whole.matchAll(PART)].filter(([part]) => part.length < whole.length);
  return parts
    .map((part) => decodeRun(text, start + part.index, start + part.index + part[0].length))
    .filter((run) => run !== undefined);
}

function decodeRun(text: string, start: number, end: number): Base64Run | undefined {
  if (!beginsAsText(text, start)) return undefined;
  const written = text.slice(start, end);
  const isUrl = /[-_]/.test(written);
  if (isUrl && /[+/]/.test(written)) return undefined;
  const decoded = textOf(written);
  if (decoded === undefined) return undefined;
  PADDING.lastIndex = end;
  const padding = PADDING.exec(text)?.[0] ?? '';
  // A part of a JSON Web Token has no padding, whatever its length.
  const isPart = text[end] === '.' || text[start - 1] === '.';
  const isFull = !isUrl && !isPart && written.length % 4 === 0;
  const isPadded = padding !== '' || isFull;
  const encode = (changed: string) => encodeLike(changed, written, isUrl, isPadded);
  return { start, end: end + padding.length, decoded, encode };
}

/** The UTF-8 text that base64 stands for; undefined where it is anything else. */
export function textOf(base64: string): string | undefined {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === 0 || !isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  return CONTROL.test(text) ? undefined : text;
}

/** True where the first six bytes could be text, which rules out most words without decoding them. */
function beginsAsText(text: string, start: number): boolean {
  const first = (sextet(text, start) << 2) | (sextet(text, start + 1) >> 4);
  // It begins with no byte that goes on with a character of UTF-8.
  return first >> 6 !== 2 && threeOfText(text, start) && threeOfText(text, start + 4);
}

function threeOfText(text: string, at: number): boolean {
  const b = sextet(text, at + 1);
  const c = sextet(text, at + 2);
  return (
    isOfText((sextet(text, at) << 2) | (b >> 4)) &&
    isOfText(((b & 15) << 4) | (c >> 2)) &&
    isOfText(((c & 3) << 6) | sextet(text, at + 3))
  );
}

function sextet(text: string, index: number): number {
  return Math.max(0, sextets[text.charCodeAt(index)] ?? 0);
}

function isOfText(byte: number): boolean {
  if (byte < 0x20) return byte === 0x09 || byte === 0x0a || byte === 0x0d;
  return byte < 0xf5 && byte !== 0xc0 && byte !== 0xc1;
}

function encodeLike(text: string, like: string, isUrl: boolean, padded: boolean): string {
  const bytes = Buffer.from(text, 'utf8');
  const plain = bytes.toString(isUrl ? 'base64url' : 'base64').replace(/=+$/, '');
  const full = padded ? plain.padEnd(Math.ceil(plain.length / 4) * 4, '=') : plain;
  const newline = /\r?\n/.exec(like);
  if (!newline) return full;
  const lines = full.match(new RegExp(`.{1,${newline.index}}`, 'g')) ?? [];
  return lines.join(newline[0]);
}
