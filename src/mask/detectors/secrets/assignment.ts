/** What a text gives a name: where the value stands, and how it is written. */
export interface Assignment {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
  /** A sign such as `=` or `:` stands between; otherwise it's a word (`is`) or only blanks. */
  readonly sign: boolean;
}

const MAX_VALUE = 512;
/** What may stand right after a name that gets a value. */
const MAY_FOLLOW = /[\s"'`*\](=:>|\\：＝は是为為-]/;
// Between name and value: brackets and quotes that close the name, a sign, blanks. Each part is bounded.
const SIGN =
  /(?:\\{0,3}["'`]|\*{1,2}|\]|\\{0,3}["'`]\])?(?:[ \t]?\([^()\n]{1,30}\))?\s{0,4}(?:={1,3}|:=?|=>|->|：|＝|は|是|为|為)(?:\*{1,2})?[ \t]{0,8}(?:[|>][-+]?[ \t]{0,4})?(?:\r?\n[ \t]{1,12})?/y;
const CELL = /[ \t]{1,8}\|[ \t]{1,8}/y;
const ATTRIBUTE = /["']\s{1,4}(?:type="\w{1,10}"\s)?value\s?=\s?/iy;
const ELEMENT = />/y;
const WORD =
  /["'`]?[ \t]{1,3}(?:is|was|are|be|to|ist|lautet|war|est|es|era|è|é|jest|это|är|er|je|on|este|is now|set to)(?:[ \t]{0,2}:)?[ \t]{1,3}/iy;
const BLANK = /[ \t]{1,3}/y;
/** `name: DB_PASSWORD` and `value: s3cret`, as Kubernetes, ECS and the like list variables. */
const PAIR =
  /(?:\\{0,3}["'])?[ \t]{0,4},?\s{1,40}(?:\\{0,3}["'])?value(?:\\{0,3}["'])?\s{0,3}[:=][ \t]{0,4}/iy;
/** A line of `.netrc`. */
const LOGIN = /\blogin\s{1,8}\S{1,64}\s{1,8}$/;
const LOOK_BACK = 90;
/** In quotes of SQL, or in those of Markdown where no word of code is so: with a digit. */
const SPOKEN = /^(?:'|`[^`\s\d]{0,40}\d[^`\s]{0,40}`)/;
const QUOTE = /(?:[rbfuRBFUL@]{1,2})?(\\{0,3})(["'`])/y;
/** Chinese, Japanese and Korean texts have no blanks around a value. */
const ENDS_BARE =
  /[\s"'`<>\\\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff0f]/u;
const ASCII_ENDS_BARE = Uint8Array.from({ length: 128 }, (_, code) =>
  Number(ENDS_BARE.test(String.fromCharCode(code))),
);
/** What ends a value without quotes, besides blanks: the next member, parameter or pair. */
const NEXT = /[;,&|](?=\s|$|["'}\]]|[\w.%-]{1,40}\s?[=:])/;

/** The value after a name that stands from one index to another; undefined where the text gives it none. */
export function assignmentAt(text: string, start: number, end: number): Assignment | undefined {
  if (!MAY_FOLLOW.test(text.charAt(end))) return undefined;
  const between = betweenEnd(text, start, end);
  return between && valueAt(text, between.end, between.sign);
}

function betweenEnd(text: string, start: number, end: number) {
  if (text[start - 1] === '<') {
    const element = match(ELEMENT, text, end);
    if (element !== undefined) return { end: element, sign: true };
  }
  const sign = match(SIGN, text, end) ?? match(ATTRIBUTE, text, end) ?? match(CELL, text, end);
  if (sign !== undefined) return { end: sign, sign: true };
  const pair = match(PAIR, text, end);
  if (pair !== undefined) return { end: pair, sign: true };
  const word = match(WORD, text, end);
  if (word !== undefined) return { end: word, sign: false };
  const blank = match(BLANK, text, end);
  if (blank === undefined) return undefined;
  // `--password s3cret`, `login joe password s3cret`, and `PASSWORD 's3cret'` of SQL.
  if (text.startsWith('--', start)) return { end: blank, sign: true };
  if (LOGIN.test(text.slice(Math.max(0, start - LOOK_BACK), start)))
    return { end: blank, sign: true };
  return SPOKEN.test(text.slice(blank, blank + LOOK_BACK))
    ? { end: blank, sign: false }
    : undefined;
}

function match(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function valueAt(text: string, at: number, sign: boolean): Assignment | undefined {
  QUOTE.lastIndex = at;
  const [whole = '', escapes = '', mark = ''] = QUOTE.exec(text) ?? [];
  const start = at + whole.length;
  if (whole !== '') {
    const end = quoteEnd(text, start, mark, escapes.length);
    if (end !== undefined) return { start, end, quoted: true, sign };
  }
  const end = bareEnd(text, start);
  return end > start ? { start, end, quoted: false, sign } : undefined;
}

function quoteEnd(text: string, from: number, mark: string, escapes: number): number | undefined {
  const most = Math.min(text.length, from + MAX_VALUE);
  for (let i = from; i < most; i++) {
    const character = text[i];
    if (character === '\n') return undefined;
    if (character === mark) return i - escapes;
    if (character !== '\\') continue;
    // In JSON inside a string the quotes that end a value are escaped just as often as those that begin it.
    if (escapes > 0 && text.startsWith(mark, i + escapes)) return i;
    i++;
  }
  return undefined;
}

function bareEnd(text: string, from: number): number {
  let end = from;
  const most = Math.min(text.length, from + MAX_VALUE);
  while (end < most && !endsBare(text, end)) end++;
  const value = text.slice(from, end);
  const next = NEXT.exec(value);
  const kept = next ? value.slice(0, next.index) : value;
  const ends = /[({[]/.test(kept) ? /[,;.:]{1,3}$/ : /[,;.:)}\]]{1,4}$/;
  // Only the end is looked at: a regular expression would try at every character.
  const tail = ends.exec(kept.slice(-4))?.[0] ?? '';
  return from + kept.length - tail.length;
}

function endsBare(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code < 128 ? ASCII_ENDS_BARE[code] === 1 : ENDS_BARE.test(text.charAt(index));
}
