const BLANK = /[ \t\u00a0]/;
/** What may stand between a sign and its value: `=>`, `:=`, `**`. */
const BEFORE_VALUE = /[>=*`]/;
const OPENING = '"\'`\u201c\u2018\u00ab';
const CLOSING = '"\'`\u201d\u2019\u00bb';
/** Beginnings of the next pair that are looked for behind a comma. */
const NEXT_PAIR = /[,;]\s{0,4}["']?[\p{L}_][\p{L}\p{N}_ .-]{0,40}["']?\s?[:=]/uy;
/** What comes before a name that begins its line: marks of lists, quotes and headings. */
const LINE_MARKS = /[\s>#*+|"'`{([-]/;
const MAX_NAME = 128;

/** Where the value begins that stands behind a sign. */
export function valueStart(text: string, sign: number): number {
  let start = sign + 1;
  while (BEFORE_VALUE.test(text.charAt(start))) start++;
  while (BLANK.test(text.charAt(start))) start++;
  while (/[*`]/.test(text.charAt(start)) && text.charAt(start + 1) !== '') start++;
  return OPENING.includes(text.charAt(start)) && text.charAt(start) !== '' ? start + 1 : start;
}

/** Where it ends: at its closing quote or bracket, or where its line or the pair ends. */
export function valueEnd(text: string, start: number, sign: number): number {
  const quote = OPENING.indexOf(text.charAt(start - 1));
  if (quote !== -1) return quoteEnd(text, start, CLOSING.charAt(quote));
  if (text[start] === '{' || text[start] === '[') return bracketEnd(text, start);
  const isWord = text[sign] === '=' && !BLANK.test(text.charAt(sign + 1));
  return trimmedEnd(text, start, isWord ? wordEnd(text, start) : phraseEnd(text, start, sign));
}

/** Where a quote closes; of one that doesn't, the end of its line. */
function quoteEnd(text: string, start: number, quote: string): number {
  for (let i = start; i < text.length; i++) {
    const one = text[i];
    if (one === quote || one === '\n') return i;
    if (one === '\\') i++;
  }
  return text.length;
}

/** The end of a list or object; of one that isn't closed, the end of the text. */
function bracketEnd(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let i = start; i < text.length; i++) {
    const one = text[i];
    if (quoted) {
      if (one === '\\') i++;
      else if (one === '"') quoted = false;
    } else if (one === '"') quoted = true;
    else if (one === '{' || one === '[') depth++;
    else if ((one === '}' || one === ']') && --depth === 0) return i + 1;
  }
  return text.length;
}

/** `name=value`: up to the next blank, or what parts pairs. */
function wordEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && !/[\s&;,|<>"'`)}\]]/.test(text.charAt(end))) end++;
  return end;
}

/** `name: value`: up to the end of the line, or where another pair begins on it. */
function phraseEnd(text: string, start: number, sign: number): number {
  const wholeLine = beginsLine(text, sign);
  let end = start;
  for (; end < text.length; end++) {
    const one = text.charAt(end);
    if (/[\n\r\t|{}<>]/.test(one)) break;
    if (one !== ',' && one !== ';') {
      if (!wholeLine && one === '.' && /\s/.test(text.charAt(end + 1))) break;
      continue;
    }
    if (one === ';' || (!wholeLine && !/\d/.test(text.charAt(end + 1)))) break;
    NEXT_PAIR.lastIndex = end;
    if (NEXT_PAIR.test(text)) break;
  }
  return end;
}

/** True where nothing but a name stands before a sign on its line. */
function beginsLine(text: string, sign: number): boolean {
  const from = Math.max(0, sign - MAX_NAME);
  const before = text.slice(from, sign);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  if (line.length === before.length && from > 0) return false;
  let start = 0;
  while (LINE_MARKS.test(line.charAt(start))) start++;
  return !/[,;:=.!?]/.test(line.slice(start));
}

function trimmedEnd(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && /[\s*`"',)\]]/.test(text.charAt(last - 1))) last--;
  return last;
}
