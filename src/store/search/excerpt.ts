import type { Place } from './text-match.ts';

/** Characters before and behind what was found. */
const BEFORE = 40;
const BEHIND = 80;
/** So much is shown of what was found, where that is long itself. */
const MOST = 120;

/** Some text around a place, on one line. */
export function excerpt(text: string, { from, to }: Place): string {
  const begin = wordStart(text, Math.max(0, from - BEFORE), from);
  const end = wordEnd(text, Math.min(text.length, Math.min(to, from + MOST) + BEHIND));
  const line = text.slice(begin, end).replace(/\s+/g, ' ').trim();
  return `${begin > 0 ? '\u2026' : ''}${line}${end < text.length ? '\u2026' : ''}`;
}

/** Not within a pair of surrogates, and behind a blank where there is one. */
function wordStart(text: string, at: number, most: number): number {
  if (at === 0) return 0;
  const blank = text.indexOf(' ', at);
  if (blank !== -1 && blank < most) return blank + 1;
  return isLow(text, at) ? at + 1 : at;
}

function wordEnd(text: string, at: number): number {
  return isLow(text, at) ? at - 1 : at;
}

function isLow(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
}
