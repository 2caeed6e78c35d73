import { plainName } from './field-name.ts';

/**
 * A glob of names, `*` for any characters and `?` for one, as a test of names without what makes no difference.
 * It steps back to the last `*` only, so it takes at most the product of both lengths.
 */
export function compileNameGlob(glob: string): (plain: string) => boolean {
  const pattern = plainName(glob);
  if (!/[*?]/.test(pattern)) return (name) => name === pattern;
  return (name) => matches(pattern, name);
}

function matches(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let i = 0; i < name.length; ) {
    if (pattern[at] === '*') {
      star = at++;
      resume = i;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[i])) {
      at++;
      i++;
    } else if (star !== -1) {
      at = star + 1;
      i = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
