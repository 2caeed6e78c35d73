import type { Detector, Span } from '../detector.ts';

/** Blanks in a row that stand for the one between two words. */
const MAX_BLANKS = 16;
const BLANK = 0x20;
const IS_BLANK = /\s/;
const LETTER_OR_DIGIT = /[\p{L}\p{N}\p{M}]/u;

/** What may come next, by code point; `ends`: a word is complete. */
interface Node {
  readonly next: Map<number, Node>;
  ends: boolean;
}

/**
 * A detector of whole words, and of several words with blanks or a line's end between them. All words are looked for in
 * one pass, however many there are; of several that begin at one place it finds the longest.
 */
export function wordDetector(
  name: string,
  words: readonly string[],
  ignoreCase: boolean,
): Detector {
  const fold = ignoreCase ? foldedCodePoint : (code: number) => code;
  const list = new WordList(fold);
  for (const word of words) list.add(word);
  return { name, needs: { length: list.shortest }, find: (text) => list.find(text) };
}

class WordList {
  readonly #root: Node = { next: new Map(), ends: false };
  readonly #fold: (code: number) => number;
  /** Which code units below 128 a word begins with; others are looked up. */
  readonly #begins = new Uint8Array(128);
  shortest = Number.POSITIVE_INFINITY;

  constructor(fold: (code: number) => number) {
    this.#fold = fold;
  }

  /** Letters with marks are written in two ways, so both are kept (Unicode NFC and NFD). */
  add(word: string): void {
    const plain = word.trim().replace(/\s+/g, ' ');
    for (const form of new Set([plain, plain.normalize('NFC'), plain.normalize('NFD')])) {
      this.shortest = Math.min(this.shortest, form.length);
      let node = this.#root;
      for (const character of form) node = below(node, this.#fold(character.codePointAt(0) ?? 0));
      node.ends = true;
    }
    for (let code = 0; code < 128; code++) {
      if (this.#root.next.has(this.#fold(code))) this.#begins[code] = 1;
    }
  }

  find(text: string): Span[] {
    const spans: Span[] = [];
    for (let at = 0; at < text.length; ) {
      const unit = text.charCodeAt(at);
      const end = unit < 128 && this.#begins[unit] === 0 ? at : this.#wordEnd(text, at);
      if (end > at) spans.push({ start: at, end });
      at = end > at ? end : at + 1;
    }
    return spans;
  }

  /** The end of the longest word that begins here, or `start` where none does. */
  #wordEnd(text: string, start: number): number {
    let node = this.#root.next.get(this.#fold(text.codePointAt(start) ?? 0));
    if (!node || !isEdge(text, start)) return start;
    let best = start;
    for (let at = start + width(text, start); ; ) {
      if (node.ends && isEdge(text, at)) best = at;
      if (at >= text.length) return best;
      const blanks = blanksAt(text, at);
      const code = blanks > 0 ? BLANK : this.#fold(text.codePointAt(at) ?? 0);
      node = node.next.get(code);
      if (!node) return best;
      at += blanks > 0 ? blanks : width(text, at);
    }
  }
}

function below(node: Node, code: number): Node {
  const known = node.next.get(code);
  if (known) return known;
  const made: Node = { next: new Map(), ends: false };
  node.next.set(code, made);
  return made;
}

/** True where no word goes on: one of the characters on either side is neither letter nor digit. */
function isEdge(text: string, at: number): boolean {
  if (at === 0 || at === text.length) return true;
  const low = text.charCodeAt(at - 1);
  const before = low >= 0xdc00 && low <= 0xdfff && at > 1 ? at - 2 : at - 1;
  return !continues(text, before) || !continues(text, at);
}

function continues(text: string, at: number): boolean {
  const code = text.codePointAt(at) ?? 0;
  if (code < 128) return isAsciiWord(code);
  return LETTER_OR_DIGIT.test(String.fromCodePoint(code));
}

function isAsciiWord(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a);
}

function blanksAt(text: string, at: number): number {
  let count = 0;
  while (count < MAX_BLANKS && IS_BLANK.test(text.charAt(at + count))) count++;
  return count;
}

function width(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/** Without regard to case: the upper case's lower case, so that both small sigmas are one. */
function foldedCodePoint(code: number): number {
  if (code < 128) return code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
  const character = String.fromCodePoint(code);
  const upper = character.toUpperCase();
  const folded = (upper.length === character.length ? upper : character).toLowerCase();
  return folded.length === character.length ? (folded.codePointAt(0) ?? code) : code;
}
