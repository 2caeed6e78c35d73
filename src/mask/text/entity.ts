import { hexDigit, hexValue } from './hex.ts';

/** Character references of HTML that stand for what identifiers are written with (HTML, section 13.5). */
const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  Tab: '\t',
  NewLine: '\n',
  excl: '!',
  num: '#',
  dollar: '$',
  percnt: '%',
  lpar: '(',
  rpar: ')',
  ast: '*',
  plus: '+',
  comma: ',',
  period: '.',
  sol: '/',
  colon: ':',
  semi: ';',
  equals: '=',
  quest: '?',
  commat: '@',
  lsqb: '[',
  lbrack: '[',
  bsol: '\\',
  rsqb: ']',
  rbrack: ']',
  Hat: '^',
  lowbar: '_',
  grave: '`',
  lcub: '{',
  lbrace: '{',
  verbar: '|',
  vert: '|',
  rcub: '}',
  rbrace: '}',
  hyphen: '-',
  dash: '-',
  ndash: '-',
  minus: '-',
  shy: '',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
  zwnj: '',
  zwj: '',
  auml: '\u00e4',
  ouml: '\u00f6',
  uuml: '\u00fc',
  Auml: '\u00c4',
  Ouml: '\u00d6',
  Uuml: '\u00dc',
  szlig: '\u00df',
  eacute: '\u00e9',
  egrave: '\u00e8',
  ecirc: '\u00ea',
  agrave: '\u00e0',
  aacute: '\u00e1',
  iacute: '\u00ed',
  oacute: '\u00f3',
  uacute: '\u00fa',
  ntilde: '\u00f1',
  ccedil: '\u00e7',
};

const [HASH, SEMICOLON, X] = [0x23, 0x3b, 0x78];
/** So often an ampersand may be encoded again (`&amp;#64;`) to be read at once. */
const MAX_AGAIN = 16;
const MAX_DIGITS = 7;
const MAX_HEX_DIGITS = 6;
const [MIN_NAME, MAX_NAME] = [2, 8];

/** Where a character reference ends; the index itself where there is none. */
export function entityEnd(text: string, from: number): number {
  const body = bodyStart(text, from);
  const end = bodyEnd(text, body);
  if (end > body) return end;
  return body > from + 1 ? body : from;
}

/**
 * What an entity stands for: `&commat;`, `&#64;`, `&#x40;`, escaped again or not. Undefined for names not in the table.
 *
 * @param end as {@link entityEnd} tells it
 */
export function entityText(text: string, from: number, end: number): string | undefined {
  const body = bodyStart(text, from);
  if (body === end) return '&';
  const last = text.charCodeAt(end - 1) === SEMICOLON ? end - 1 : end;
  if (text.charCodeAt(body) !== HASH) {
    const name = text.slice(body, last);
    return Object.hasOwn(named, name) ? named[name] : undefined;
  }
  const code = isX(text, body + 1)
    ? hexValue(text, body + 2, last)
    : Number(text.slice(body + 1, last));
  return code > 0x10ffff ? undefined : String.fromCodePoint(code);
}

function bodyStart(text: string, from: number): number {
  let body = from + 1;
  const most = body + 4 * MAX_AGAIN;
  while (body < most && text.startsWith('amp;', body)) body += 4;
  return body;
}

function bodyEnd(text: string, body: number): number {
  if (text.charCodeAt(body) !== HASH) return nameEnd(text, body);
  const isHex = isX(text, body + 1);
  const first = body + (isHex ? 2 : 1);
  const most = first + (isHex ? MAX_HEX_DIGITS : MAX_DIGITS);
  let end = first;
  while (end < most && (isHex ? isHexDigit(text, end) : isDigit(text, end))) end++;
  if (end === first) return body;
  return text.charCodeAt(end) === SEMICOLON ? end + 1 : end;
}

function nameEnd(text: string, body: number): number {
  let end = body;
  while (end < body + MAX_NAME && isLetter(text.charCodeAt(end))) end++;
  return end >= body + MIN_NAME && text.charCodeAt(end) === SEMICOLON ? end + 1 : body;
}

function isX(text: string, at: number): boolean {
  return (text.charCodeAt(at) | 0x20) === X;
}

function isHexDigit(text: string, at: number): boolean {
  return hexDigit(text.charCodeAt(at)) >= 0;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

function isLetter(code: number): boolean {
  const small = code | 0x20;
  return small >= 0x61 && small <= 0x7a;
}
