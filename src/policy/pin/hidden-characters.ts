/** Controls (layout left out), format characters, separators of lines, private use, half surrogate pairs. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/u;
/** Letters and marks without a picture, and selectors of variants. */
const BLANK =
  /\u034f|[\u115f\u1160\u2800\u3164\uffa0]|[\u17b4\u17b5]|[\u180b-\u180f]|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]/u;
const HIDDEN = new RegExp(`${UNSEEN.source}|${BLANK.source}`, 'gu');
const LAYOUT = new Set(['\t', '\n', '\r']);

/** Format characters that have a picture: signs that go around Arabic and other numbers (Unicode, Prepend). */
const DRAWN = /[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u;
/** The flags of England, Scotland and Wales, which are all that tags are used for (UTS 51, annex B). */
const FLAGS =
  /\u{1f3f4}\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073})\u{e007f}/gu;
const JOINERS = new Set(['\u200c', '\u200d']);
const DIRECTION_MARKS = new Set(['\u200e', '\u200f', '\u061c']);
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;
/** Scripts whose letters are joined, or kept apart, by joiners. */
const JOINED =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Mongolian}\p{M}]$/u;
const EMOJI = /(?:\p{Emoji}|\p{Extended_Pictographic}|\ufe0f|[\u{1f3fb}-\u{1f3ff}])$/u;
const IDEOGRAPH = /[\p{Script=Han}\p{Script=Mongolian}\p{Script=Myanmar}\p{Sm}]$/u;

/** Text that is pushed out of view by so many spaces in a line, or so many empty lines. */
const WIDE = 80;
const TALL = 12;

/** Why a text does not show all that it holds; undefined where it does. Linear in the length of the text. */
export function hiddenIn(text: string): string | undefined {
  const plain = text.replace(FLAGS, '');
  const isRightToLeft = RIGHT_TO_LEFT.test(plain);
  for (const { 0: found, index } of plain.matchAll(HIDDEN)) {
    if (LAYOUT.has(found) || (isRightToLeft && isDirection(plain, index))) continue;
    if (!belongs(found, plain, index)) {
      return `has the hidden character ${escaped(found)}`;
    }
  }
  for (const { 0: gap, index } of plain.matchAll(/\s+/g)) {
    if (index + gap.length === plain.length) continue;
    const lines = gap.split('\n');
    if (lines.length > TALL || lines.some((line) => line.length >= WIDE)) {
      return 'has so much white space that the rest of it is out of view';
    }
  }
  return undefined;
}

/** Why a name can be taken for another; undefined where it can't. */
export function misleadingName(name: string): string | undefined {
  const scripts = SCRIPTS.filter(([, script]) => script.test(name)).map(([label]) => label);
  if (scripts.length > 1) return `mixes ${scripts.join(' and ')} letters`;
  if (name.normalize('NFKC') !== name.normalize('NFC')) return 'has letters in disguise';
  return undefined;
}

/** Why a word of a text can be taken for another: Cyrillic letters that look Latin, among Latin ones. */
export function misleadingWord(text: string): string | undefined {
  if (!/\p{Script=Cyrillic}/u.test(text)) return undefined;
  for (const [word] of text.matchAll(/\p{L}+/gu)) {
    if (!/\p{Script=Latin}/u.test(word) || !/\p{Script=Cyrillic}/u.test(word)) continue;
    if (!UNLIKE_LATIN.test(word)) return `mixes Latin and Cyrillic letters in one word`;
  }
  return undefined;
}

/** Text with each hidden character written out, such as `\u{200b}`. Line ends and tabs become `\n` and `\t`. */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (found) => SHORT[found] ?? escaped(found));
}

/** Text as a reader of it would take it, without what is hidden, with letters in disguise undone. */
export function plainText(text: string): string {
  return text
    .replace(HIDDEN, (found) => (LAYOUT.has(found) ? found : ''))
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/\s+/g, ' ');
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ['Latin', /\p{Script=Latin}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Cherokee', /\p{Script=Cherokee}/u],
];
/** Cyrillic letters that nobody takes for Latin ones. */
const UNLIKE_LATIN = /[бвгджзийклмнптфцчшщъыьэюяБГДЖЗИЙЛПФЦЧШЩЪЫЬЭЮЯ]/;

/** True of a mark of direction by itself; several in a row are a message of their own. */
function isDirection(text: string, index: number): boolean {
  const [mark = '', next = ''] = text.slice(index, index + 2);
  return DIRECTION_MARKS.has(mark) && !DIRECTION_MARKS.has(next);
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** True of a character that can't be seen by itself and is needed where it stands. */
function belongs(character: string, text: string, index: number): boolean {
  if (DRAWN.test(character)) return true;
  const before = text.slice(Math.max(0, index - 2), index);
  const after = text.slice(index + character.length, index + character.length + 2);
  if (JOINERS.has(character)) {
    if (JOINED.test(before)) return /^[\p{L}\p{M}\s]/u.test(after) || after === '';
    return (
      character === '\u200d' && EMOJI.test(before) && /^\p{Extended_Pictographic}/u.test(after)
    );
  }
  if (character === '\ufe0e' || character === '\ufe0f') {
    return EMOJI.test(before) && !before.endsWith('\ufe0f');
  }
  // One selector picks the variant of a letter; several in a row are a message of their own.
  return BLANK.test(character) && IDEOGRAPH.test(before) && !/[\u2800\u3164\uffa0]/.test(character);
}
