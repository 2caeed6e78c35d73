/** Where the things stand in a text that names, addresses, dates and named values begin with. */
export interface Glance {
  /** Capitals of Latin, Greek and Cyrillic that begin a word. */
  readonly capitals: Int32Array;
  readonly capitalCount: number;
  /** Stretches of ASCII digits that no digit stands beside: where they begin, and how long they are. */
  readonly numbers: Int32Array;
  readonly lengths: Int32Array;
  readonly numberCount: number;
  /** `:`, `=` and the full-width colon. */
  readonly signs: Int32Array;
  readonly signCount: number;
  /** True where there is a 様 or さ, which may stand behind a name. */
  readonly addresses: boolean;
}

/** What characters are to words with capitals. `OTHER` is what words of code have. */
export const NONE = 0;
export const SMALL = 1;
export const CAPITAL = 2;
export const OTHER = 3;
/** Latin, Greek and Cyrillic. */
const LAST = 0x530;

const KIND = new Uint8Array(2 ** 16);
for (let code = 0; code < LAST; code++) {
  const sign = String.fromCharCode(code);
  if (/\p{Lu}/u.test(sign)) KIND[code] = CAPITAL;
  else if (/[\p{L}\p{M}]/u.test(sign)) KIND[code] = SMALL;
  else if (/[\d_@#$%\\/]/.test(sign)) KIND[code] = OTHER;
}

const [STARTS_WORD, DIGIT, SIGN, ADDRESSED] = [1, 2, 3, 4];
/** What the glance does at a character; most are passed over. */
const STOP = Uint8Array.from(KIND, (kind) => (kind === CAPITAL ? STARTS_WORD : 0));
STOP.fill(DIGIT, 0x30, 0x3a);
for (const sign of ':=\uff1a') STOP[sign.charCodeAt(0)] = SIGN;
for (const mark of '\u69d8\u3055') STOP[mark.charCodeAt(0)] = ADDRESSED;

/** What a character is to words with capitals: nothing, a small letter or mark, a capital, or what code has in words. */
export function wordKindAt(text: string, index: number): number {
  return index >= 0 && index < text.length ? (KIND[text.charCodeAt(index)] ?? NONE) : NONE;
}

// One text at a time, in buffers that are used again: most texts are short, and there are many of them.
const glance = {
  capitals: new Int32Array(1024),
  capitalCount: 0,
  numbers: new Int32Array(1024),
  lengths: new Int32Array(1024),
  numberCount: 0,
  signs: new Int32Array(1024),
  signCount: 0,
  addresses: false,
};
let lastText = '';

/**
 * One pass over the text for all detectors that look at it one after the other. What it gives is good until
 * it is asked about another text.
 */
export function glanceAt(text: string): Glance {
  if (text !== lastText) {
    glance.capitalCount = glance.numberCount = glance.signCount = 0;
    glance.addresses = false;
    read(text);
    lastText = text;
  }
  return glance;
}

function read(text: string): void {
  const { length } = text;
  for (let i = 0; i < length; i++) {
    const stop = STOP[text.charCodeAt(i)];
    if (stop === 0) continue;
    if (stop === STARTS_WORD) {
      if (beginsWord(text, i)) addCapital(i);
    } else if (stop === DIGIT) {
      const start = i;
      while (i + 1 < length && STOP[text.charCodeAt(i + 1)] === DIGIT) i++;
      addNumber(start, i + 1 - start);
    } else if (stop === SIGN) addSign(i);
    else glance.addresses = true;
  }
}

/** False behind a letter or digit, and behind an apostrophe or a hyphen that goes on with a word. */
function beginsWord(text: string, index: number): boolean {
  if (index === 0) return true;
  const before = text.charCodeAt(index - 1);
  if (KIND[before] !== NONE) return false;
  if (before !== 0x27 && before !== 0x2d && before !== 0x2019) return true;
  return index < 2 || KIND[text.charCodeAt(index - 2)] === NONE;
}

function addCapital(index: number): void {
  if (glance.capitalCount === glance.capitals.length) glance.capitals = grown(glance.capitals);
  glance.capitals[glance.capitalCount++] = index;
}

function addNumber(index: number, length: number): void {
  if (glance.numberCount === glance.numbers.length) {
    glance.numbers = grown(glance.numbers);
    glance.lengths = grown(glance.lengths);
  }
  glance.numbers[glance.numberCount] = index;
  glance.lengths[glance.numberCount++] = length;
}

function addSign(index: number): void {
  if (glance.signCount === glance.signs.length) glance.signs = grown(glance.signs);
  glance.signs[glance.signCount++] = index;
}

function grown(buffer: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(buffer.length * 2);
  larger.set(buffer);
  return larger;
}
