import { nearest } from '../../model/nearest.ts';

/** The known names nearest to one that is not: those that are spelt alike, then those that share words with it. */
export function nearestNames(name: string, known: readonly string[], most = 3): string[] {
  const left = new Set(known);
  const found: string[] = [];
  const take = (one: string) => {
    left.delete(one);
    found.push(one);
  };
  while (found.length < most) {
    const one = nearest(name, left);
    if (one === undefined) break;
    take(one);
  }
  const words = new Set(wordsOf(name));
  const shared = (one: string) => wordsOf(one).filter((word) => words.has(word)).length;
  const others = [...left].sort((a, b) => shared(b) - shared(a));
  others.slice(0, most - found.length).forEach(take);
  return found;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
