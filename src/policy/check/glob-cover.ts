import { compileGlob, hasWildcard } from '../glob.ts';

/**
 * True where every name that fits the narrow glob fits the wide one, as far as that can be seen; false where it can't.
 */
export function globCovers(wide: string, narrow: string, separator?: '/'): boolean {
  if (wide === narrow || wide === '*' || wide === '**') return true;
  if (!hasWildcard(narrow)) return compileGlob(wide, separator)(narrow);
  const [head = '', star = '', tail = '', ...more] = wide.split(/(\*+)/);
  if (star === '' || more.length > 0 || hasWildcard(head + tail)) return false;
  // One star stops at a separator, two don't.
  if (separator !== undefined && star.length < 2) return false;
  return fixedHead(narrow).startsWith(head) && fixedTail(narrow).endsWith(tail);
}

/** False where no name fits both globs, as far as that can be seen; true where it can't. */
export function globsOverlap(a: string, b: string, separator?: '/'): boolean {
  if (!hasWildcard(a)) return compileGlob(b, separator)(a);
  if (!hasWildcard(b)) return compileGlob(a, separator)(b);
  const [headA, headB, tailA, tailB] = [fixedHead(a), fixedHead(b), fixedTail(a), fixedTail(b)];
  const heads = headA.startsWith(headB) || headB.startsWith(headA);
  return heads && (tailA.endsWith(tailB) || tailB.endsWith(tailA));
}

/** What every name that fits begins with. */
export function fixedHead(glob: string): string {
  return /^[^*?]*/.exec(glob)?.[0] ?? '';
}

function fixedTail(glob: string): string {
  return /[^*?]*$/.exec(glob)?.[0] ?? '';
}
