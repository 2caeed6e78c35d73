import { foldedLetter, isUnparted, MARK } from './folded-letter.ts';
import { endsWord, type Word, wordAt } from './word-at.ts';

interface Node<Topic> {
  topics: readonly Topic[];
  next?: Map<string, Node<Topic>>;
}

/** Where a key word stands, and what it speaks of. */
export interface Mark<Topic> {
  readonly start: number;
  readonly end: number;
  readonly topics: readonly Topic[];
}

const FILTER_BITS = 14;
const MAX_PHRASE = 64;
const PLURAL = 115;
const CAPITAL_Z = 90;
const ASCII = 128;
/** The small letter of an ASCII letter, 0 for other characters. */
const LOWER = Uint8Array.from({ length: ASCII }, (_, code) => foldedLetter(code));
/** What may part the words of a phrase. */
const GAP = /^[ _./'\u2019\u00b0\u00ba-]{0,3}$/;

/** Key words by topic, made for a quick "no" to words that are none. */
export class Vocabulary<Topic extends string> {
  readonly #words = new Map<string, Node<Topic>>();
  /** Key words of scripts that write no blanks, by the code of their first character. */
  readonly #unparted = new Map<number, { word: string; topics: readonly Topic[] }[]>();
  readonly #filter = new Uint8Array(2 ** FILTER_BITS);

  /** @param table phrases by topic: a list, or parted by `|` */
  constructor(table: Readonly<Record<Topic, readonly string[] | string>>) {
    for (const topic of Object.keys(table) as Topic[]) {
      const phrases: readonly string[] | string = table[topic];
      const list = typeof phrases === 'string' ? phrases.split('|') : phrases;
      for (const phrase of list) this.#add(phrase, topic);
    }
  }

  /**
   * All key words of a text from one place to another, in order. One pass, without a string for a
   * word that is no key word.
   */
  marks(text: string, from = 0, limit = text.length): Mark<Topic>[] {
    const marks: Mark<Topic>[] = [];
    for (let i = from; i < limit; ) {
      const code = text.charCodeAt(i);
      if (code < ASCII) {
        if (LOWER[code] === 0) i++;
        else i = this.#markAscii(text, i, limit, marks);
      } else if (foldedLetter(code) === 0) i++;
      else if (isUnparted(code)) this.#markUnparted(text, i++, marks);
      else i = this.#markWord(text, i, limit, marks);
    }
    return marks;
  }

  /** As `#markWord`, for words of ASCII letters: most words of most texts. */
  #markAscii(text: string, start: number, limit: number, marks: Mark<Topic>[]): number {
    let hash = 0;
    let stem = 0;
    let i = start;
    let letter = LOWER[text.charCodeAt(i)] ?? 0;
    let last = 0;
    while (letter !== 0) {
      last = letter;
      stem = hash;
      hash = (Math.imul(hash, 31) + letter) | 0;
      i++;
      if (i >= limit) break;
      const code = text.charCodeAt(i);
      if (code >= ASCII) return this.#markWord(text, start, limit, marks);
      if (code <= CAPITAL_Z && LOWER[code] !== 0 && endsWord(text, i, limit)) break;
      letter = LOWER[code] ?? 0;
    }
    if (this.#filter[place(last === PLURAL ? stem : hash)] === 0) return i;
    const mark = this.#phraseAt(text, start, limit);
    if (mark) marks.push(mark);
    return mark?.end ?? i;
  }

  /** Looks at the word at a place, and gives where to go on. Most words end here at the filter. */
  #markWord(text: string, start: number, limit: number, marks: Mark<Topic>[]): number {
    let hash = 0;
    let stem = 0;
    let previous = 0;
    let i = start;
    for (; i < limit; i++) {
      const code = text.charCodeAt(i);
      const letter = foldedLetter(code);
      if (letter === 0 || code >= 0xe00 || (code <= 90 && i > start)) {
        if (letter === 0 || endsWord(text, i, limit)) break;
      }
      if (letter === MARK) continue;
      stem = hash;
      previous = letter;
      hash = (Math.imul(hash, 31) + letter) | 0;
    }
    if (previous === PLURAL) hash = stem;
    if (this.#filter[place(hash)] === 0) return i;
    const mark = this.#phraseAt(text, start, limit);
    if (mark) marks.push(mark);
    return mark?.end ?? i;
  }

  /** The longest phrase that begins with the word at a place. */
  #phraseAt(text: string, start: number, limit: number): Mark<Topic> | undefined {
    const most = Math.min(limit, start + MAX_PHRASE);
    let level: Map<string, Node<Topic>> | undefined = this.#words;
    let best: Mark<Topic> | undefined;
    let from = start;
    while (level) {
      const word: Word | undefined = wordAt(text, from, most);
      if (!word || (word.start > from && !GAP.test(text.slice(from, word.start)))) break;
      const { folded, end } = word;
      const node: Node<Topic> | undefined = level.get(folded) ?? level.get(singular(folded));
      if (node && node.topics.length > 0) best = { start, end, topics: node.topics };
      level = node?.next;
      from = end;
    }
    return best;
  }

  #markUnparted(text: string, start: number, marks: Mark<Topic>[]): void {
    for (const { word, topics } of this.#unparted.get(text.charCodeAt(start)) ?? []) {
      if (text.startsWith(word, start)) marks.push({ start, end: start + word.length, topics });
    }
  }

  #add(phrase: string, topic: Topic): void {
    if (isUnparted(phrase.charCodeAt(0))) {
      const same = this.#unparted.get(phrase.charCodeAt(0)) ?? [];
      this.#unparted.set(phrase.charCodeAt(0), [...same, { word: phrase, topics: [topic] }]);
      return;
    }
    const words: string[] = [];
    for (let word = wordAt(phrase, 0, phrase.length); word; ) {
      words.push(word.folded);
      word = wordAt(phrase, word.end, phrase.length);
    }
    this.#addWords(words, topic);
    if (words.length > 1) this.#addWords([words.join('')], topic);
  }

  #addWords(words: readonly string[], topic: Topic): void {
    let level = this.#words;
    for (const [i, word] of words.entries()) {
      const node: Node<Topic> = level.get(word) ?? { topics: [] };
      level.set(word, node);
      const last = i === words.length - 1;
      if (last && !node.topics.includes(topic)) node.topics = [...node.topics, topic];
      if (!last) node.next ??= new Map();
      level = node.next ?? level;
    }
    this.#filter[hashWord(words[0] ?? '')] = 1;
  }
}

/** A short word with an "s" is none: what "vs" and "its" mean is not what "v" and "it" mean. */
function singular(folded: string): string {
  return folded.length > 3 && folded.endsWith('s') ? folded.slice(0, -1) : folded;
}

/** A hash of a folded word, the same with and without a plural "s". */
function hashWord(folded: string): number {
  const stem = folded.endsWith('s') ? folded.slice(0, -1) : folded;
  let hash = 0;
  for (let i = 0; i < stem.length; i++) hash = (Math.imul(hash, 31) + stem.charCodeAt(i)) | 0;
  return place(hash);
}

function place(hash: number): number {
  return (hash ^ (hash >>> FILTER_BITS)) & (2 ** FILTER_BITS - 1);
}
