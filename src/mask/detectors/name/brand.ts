import { foldName } from './fold-name.ts';
import { BRANDS } from './name-words.ts';

/** True where two words side by side, or one with a hyphen, are a brand or an institution that is called after a person. */
export function isBrand(words: readonly string[]): boolean {
  const names = words.map(foldName);
  return names.some(
    (name, index) => BRANDS.has(name) || BRANDS.has(`${name}-${names[index + 1] ?? ''}`),
  );
}
