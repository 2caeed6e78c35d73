/** Decides whether a name fits. */
export type NameTest = (name: string) => boolean;

/**
 * Compiles a glob once. `*` stands for any run of characters, `?` for one. In URIs (`separator: '/'`) `*` and `?` stop
 * at the separator and `**` does not; a lone `*` fits everything either way. Names are compared byte for byte.
 */
export function compileGlob(pattern: string, separator?: '/'): NameTest {
  if (pattern === '*' || pattern === '**') return () => true;
  if (!hasWildcard(pattern)) return (name) => name === pattern;
  const parts = pattern.split(/(\*+|\?)/);
  const stars = parts.filter((part) => part.startsWith('*')).length;
  const [head = '', , tail = ''] = parts;
  if (separator === undefined && stars === 1 && parts.length === 3) return affixTest(head, tail);
  return (name) => fits(parts, name, separator);
}

export function hasWildcard(pattern: string): boolean {
  return pattern.includes('*') || pattern.includes('?');
}

function affixTest(head: string, tail: string): NameTest {
  const length = head.length + tail.length;
  return (name) => name.length >= length && name.startsWith(head) && name.endsWith(tail);
}

/** Which positions of `name` can be reached after each part; time is bounded by parts x length. */
function fits(parts: readonly string[], name: string, separator: string | undefined): boolean {
  let reached = new Set([0]);
  for (const part of parts) {
    if (part === '') continue;
    reached = advance(part, reached, name, separator);
    if (reached.size === 0) return false;
  }
  return reached.has(name.length);
}

function advance(
  part: string,
  from: ReadonlySet<number>,
  name: string,
  separator: string | undefined,
): Set<number> {
  const next = new Set<number>();
  for (const position of from) {
    if (part === '?') {
      if (position < name.length && name[position] !== separator) next.add(position + 1);
    } else if (part.startsWith('*')) {
      const stop = part.length > 1 ? undefined : separator;
      for (let i = position; i <= name.length && !next.has(i); i++) {
        next.add(i);
        if (name[i] === stop && stop !== undefined) break;
      }
    } else if (name.startsWith(part, position)) {
      next.add(position + part.length);
    }
  }
  return next;
}
