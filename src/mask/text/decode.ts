import { compatible } from './compatible.ts';
import { type DecodedView, ViewBuilder } from './decoded-view.ts';
import { entityEnd, entityText } from './entity.ts';
import { hexAt, hexValue } from './hex.ts';
import { percentCharacter, percentEnd } from './percent.ts';
import { QueryPlus } from './query-plus.ts';
import type { TextLook } from './text-look.ts';
import { isMark, isWideAt, marksEnd } from './wide.ts';

const ASCII_END = 0x80;
/** So many encodings around each other are read. Each of them may itself have been applied several times. */
const MAX_ROUNDS = 3;

const [PERCENT_SIGN, AMPERSAND, PLUS_SIGN, EQUALS_SIGN, BACKSLASH] = [0x25, 0x26, 0x2b, 0x3d, 0x5c];
const [SMALL_U, SMALL_X] = [0x75, 0x78];

/** The ASCII characters that something encoded begins with. */
const begins = new Uint8Array(ASCII_END);
for (const code of [PERCENT_SIGN, AMPERSAND, PLUS_SIGN, BACKSLASH]) begins[code] = 1;

/**
 * The text as whoever decodes it reads it: percent-encoding (RFC 3986), HTML entities, JSON escapes, full-width and
 * other compatibility characters (Unicode NFKC), digits of other scripts; invisible characters are gone. What was
 * encoded again (%2540, &amp;#64;) is read at once.
 *
 * @returns undefined where the text already is as it reads
 */
export function decode(text: string, look: TextLook): DecodedView | undefined {
  const coded = look.has(PERCENT_SIGN) || look.has(AMPERSAND) || look.has(BACKSLASH);
  const plus = look.has(PLUS_SIGN) && (look.has(EQUALS_SIGN) || look.has(PERCENT_SIGN));
  if (!coded && !plus && !look.isWide) return undefined;
  let view = decodeOnce(text, plus);
  for (let round = 1; view && round < MAX_ROUNDS; round++) {
    const next = decodeOnce(view.text, plus, view);
    if (!next) break;
    view = next;
  }
  return view;
}

// One pass over the characters: regular expressions for all of these took ten times as long.
function decodeOnce(text: string, plus: boolean, below?: DecodedView): DecodedView | undefined {
  const builder = new ViewBuilder(text);
  const pluses = plus ? new QueryPlus(text) : undefined;
  let done = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < ASCII_END ? begins[code] === 0 : !isWideAt(text, i)) continue;
    if (code >= ASCII_END) done = addWide(builder, text, i, done);
    else if (code === PERCENT_SIGN) done = addPercent(builder, text, i);
    else if (code === AMPERSAND) done = addEntity(builder, text, i);
    else if (code === BACKSLASH) done = addEscape(builder, text, i);
    else if (pluses?.isBlank(i)) builder.add(i, i + 1, ' ');
    if (done > i) i = done - 1;
  }
  return builder.build(below);
}

/** Each of these tells where it ended. */
function addPercent(builder: ViewBuilder, text: string, from: number): number {
  const first = percentEnd(text, from);
  if (first === from) return from;
  const { code, end } = percentCharacter(text, from, first);
  builder.add(from, end, String.fromCodePoint(code));
  return end;
}

function addEntity(builder: ViewBuilder, text: string, from: number): number {
  const end = entityEnd(text, from);
  const read = end > from ? entityText(text, from, end) : undefined;
  if (read !== undefined) builder.add(from, end, read);
  return end;
}

/** @param done nothing before it is left to be read: the letter of a mark may be the last of an escape */
function addWide(builder: ViewBuilder, text: string, at: number, done: number): number {
  const isBehindLetter = isMark(text.charCodeAt(at));
  const from = isBehindLetter ? at - 1 : at;
  if (from < done) return done;
  const end = isBehindLetter ? marksEnd(text, at) : at + widthAt(text, at);
  const written = text.slice(from, end);
  const read = compatible(written);
  if (read !== written) builder.add(from, end, read);
  return end;
}

const escapes = new Map(
  Object.entries({ n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '"': '"', "'": "'", '/': '/' }),
);

/** An escape of JSON (RFC 8259, section 7), however often its backslash was escaped again. */
function addEscape(builder: ViewBuilder, text: string, from: number): number {
  let at = from + 1;
  while (text.charCodeAt(at) === BACKSLASH) at++;
  const code = text.charCodeAt(at);
  const digits = code === SMALL_U ? 4 : code === SMALL_X ? 2 : 0;
  if (digits > 0 && hexAt(text, at + 1, digits)) {
    const end = at + 1 + digits;
    builder.add(from, end, String.fromCharCode(hexValue(text, at + 1, end)));
    return end;
  }
  const letter = text.charAt(at);
  const control = escapes.get(letter);
  if (control === undefined) {
    if (at > from + 1) builder.add(from, at, '\\');
    return at;
  }
  // Of an even number each two are one backslash, and the letter is a letter: `CORP\\\\bob`.
  const isLetter = (at - from) % 2 === 0 && control !== letter;
  builder.add(from, at + 1, isLetter ? `\\${letter}` : control);
  return at + 1;
}

function widthAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
