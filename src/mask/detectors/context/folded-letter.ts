/** What a combining mark folds to: it belongs to a word, and is not compared. */
export const MARK = 0xffff;

const FOLDED_UNTIL = 0x600;
const FOLDED = foldTable();

/**
 * The letter of a code without case and accent; 0 for what is no letter, `MARK` for a combining
 * mark.
 */
export function foldedLetter(code: number): number {
  if (code < FOLDED_UNTIL) return FOLDED[code] ?? 0;
  if (code < 0x2000) return code;
  // Punctuation, symbols, CJK punctuation, full-width forms that are no letters.
  if (code < 0x2c00 || (code >= 0x3000 && code < 0x3040) || code >= 0xe000) return 0;
  return code;
}

/** True for letters of scripts that write no blanks between words: Thai, kana, Han, Hangul. */
export function isUnparted(code: number): boolean {
  if (code < 0xe00) return false;
  return code < 0xe80 || (code >= 0x3040 && code < 0xa000) || (code >= 0xac00 && code < 0xd7b0);
}

function foldTable(): Uint16Array {
  const table = new Uint16Array(FOLDED_UNTIL);
  for (let code = 0; code < FOLDED_UNTIL; code++) {
    const character = String.fromCharCode(code);
    if (/\p{M}/u.test(character)) table[code] = MARK;
    else if (/\p{L}/u.test(character)) {
      table[code] = character.toLowerCase().normalize('NFD').charCodeAt(0);
    }
  }
  return table;
}
