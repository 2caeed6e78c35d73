import { compatible, WIDE } from './compatible.ts';
import { type DecodedView, ViewBuilder } from './decoded-view.ts';
import { entityText } from './entity.ts';
import { percentText } from './percent.ts';
import type { TextLook } from './text-look.ts';

const ASCII_END = 0x80;
/** So many encodings around each other are read. Each of them may itself have been applied several times. */
const MAX_ROUNDS = 3;

// Each alternative begins with a character of its own and repeats nothing that could be matched in two ways, so that no
// text takes more than linear time. What was encoded again (%2540, &amp;#64;) is read at once.
const PERCENT = '%(?:25){0,16}[\\da-fA-F]{2}|%(?:25){0,16}u[\\da-fA-F]{4}';
const ENTITY = '&(?:amp;){0,16}(?:#\\d{1,7};?|#[xX][\\da-fA-F]{1,6};?|[a-zA-Z]{2,8};)';
const ESCAPE = '\\\\+(?:u[\\da-fA-F]{4}|x[\\da-fA-F]{2}|["\'/nrtbf])?';
/** A blank in the query of a URL. */
const PLUS = '(?<=[\\w%])\\+(?=[\\w%])';

const ASCII_ONLY = new RegExp(`${PERCENT}|${ENTITY}|${ESCAPE}|${PLUS}`, 'g');
const ALL = new RegExp(`${PERCENT}|${ENTITY}|${ESCAPE}|${PLUS}|${WIDE}`, 'gu');
const ONLY_WIDE = new RegExp(WIDE, 'u');

const [PERCENT_SIGN, AMPERSAND, PLUS_SIGN, EQUALS_SIGN, BACKSLASH] = [0x25, 0x26, 0x2b, 0x3d, 0x5c];

/**
 * The text as whoever decodes it reads it: percent-encoding (RFC 3986), HTML entities, JSON escapes, full-width and
 * other compatibility characters (Unicode NFKC), digits of other scripts; invisible characters are gone.
 *
 * @returns undefined where the text already is as it reads
 */
export function decode(text: string, look: TextLook): DecodedView | undefined {
  const coded = look.has(PERCENT_SIGN) || look.has(AMPERSAND) || look.has(BACKSLASH);
  const plus = look.has(PLUS_SIGN) && (look.has(EQUALS_SIGN) || look.has(PERCENT_SIGN));
  const wide = look.isWide && ONLY_WIDE.test(text);
  if (!coded && !plus && !wide) return undefined;
  let view = decodeOnce(text, plus, look.isWide);
  for (let round = 1; view && round < MAX_ROUNDS; round++) {
    const next = decodeOnce(view.text, plus, true, view);
    if (!next) break;
    view = next;
  }
  return view;
}

function decodeOnce(
  text: string,
  plus: boolean,
  wide: boolean,
  below?: DecodedView,
): DecodedView | undefined {
  const builder = new ViewBuilder(text);
  const pattern = wide ? ALL : ASCII_ONLY;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [written] = match;
    const from = match.index;
    switch (written.charCodeAt(0)) {
      case PERCENT_SIGN: {
        const code = written.length === 3 ? Number.parseInt(written.slice(1), 16) : ASCII_END;
        if (code < ASCII_END) {
          builder.add(from, from + 3, String.fromCharCode(code));
          break;
        }
        const { read, end } = percentText(text, from, written);
        builder.add(from, end, read);
        pattern.lastIndex = end;
        break;
      }
      case PLUS_SIGN:
        if (plus) builder.add(from, from + 1, ' ');
        break;
      default: {
        const read = readOne(written);
        if (read !== written) builder.add(from, from + written.length, read);
      }
    }
  }
  return builder.build(below);
}

function readOne(written: string): string {
  if (written.startsWith('&')) return entityText(written) ?? written;
  return written.startsWith('\\') ? unescaped(written) : compatible(written);
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** An escape of JSON (RFC 8259, section 7), however often its backslash was escaped again. */
function unescaped(written: string): string {
  const slashes = written.lastIndexOf('\\') + 1;
  const rest = written.slice(slashes);
  if (rest === '') return '\\';
  if (rest.length > 1) return String.fromCharCode(Number.parseInt(rest.slice(1), 16));
  const control = escapes[rest];
  if (control === undefined) return rest;
  // Of an even number each two are one backslash, and the letter is a letter: `CORP\\\\bob`.
  return slashes % 2 === 0 ? `\\${rest}` : control;
}
