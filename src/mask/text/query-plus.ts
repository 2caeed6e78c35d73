const [PERCENT_SIGN, AMPERSAND, EQUALS_SIGN, QUESTION, LOW_LINE] = [0x25, 0x26, 0x3d, 0x3f, 0x5f];
/** What is longer than this on either side isn't looked through: it may be a query. */
const REACH = 1_024;
/** What ends the query of a URL, or the body of a form, in a text. */
const ENDS = new Set([...'"\'<>`'].map((one) => one.charCodeAt(0)));

/** Tells where a plus sign is the blank of a query (`q=joe+smith`), and not one of base64 or of a sum. */
export class QueryPlus {
  readonly #text: string;
  /** Up to here the answer is known. */
  #until = 0;
  #isQuery = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** Asked in order, so that no part of the text is looked through twice. */
  isBlank(at: number): boolean {
    const text = this.#text;
    if (!isOfWord(text.charCodeAt(at - 1)) || !isOfWord(text.charCodeAt(at + 1))) return false;
    if (at >= this.#until) this.#look(at);
    return this.#isQuery;
  }

  #look(at: number): void {
    const text = this.#text;
    const from = Math.max(this.#until, at - REACH);
    const to = Math.min(text.length, at + REACH);
    let start = at;
    while (start > from && !isEnd(text.charCodeAt(start - 1))) start--;
    let end = at;
    while (end < to && !isEnd(text.charCodeAt(end))) end++;
    const isLong = (start === from && from > 0) || (end === to && to < text.length);
    this.#until = end;
    this.#isQuery = isLong || hasQuery(text, start, end);
  }
}

function hasQuery(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === PERCENT_SIGN || code === AMPERSAND || code === QUESTION) return true;
    // Base64 ends in equals signs.
    if (code === EQUALS_SIGN && i + 1 < end && text.charCodeAt(i + 1) !== EQUALS_SIGN) return true;
  }
  return false;
}

function isEnd(code: number): boolean {
  return code <= 0x20 || ENDS.has(code);
}

function isOfWord(code: number): boolean {
  const small = code | 0x20;
  if (code >= 0x80) return false;
  if (small >= 0x61 && small <= 0x7a) return true;
  return (code >= 0x30 && code <= 0x39) || code === LOW_LINE || code === PERCENT_SIGN;
}
