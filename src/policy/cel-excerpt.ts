const MOST = 40;
const CLOSERS = ')]}';

/**
 * The beginning of an expression's rest, for a message: up to the bracket that closes what was opened before it, and
 * where that is long, up to a space that no bracket or text of its own is open at, if there is one.
 */
export function celExcerpt(rest: string): string {
  const { end, spaces } = scan(rest);
  const whole = rest.slice(0, end).trimEnd();
  if (whole.length <= MOST) return whole;
  const at = spaces.findLast((space) => space <= MOST) ?? MOST;
  return `${whole.slice(0, at).trimEnd()} …`;
}

/** Where the part ends that the rest begins with, and the spaces that stand open in it. */
function scan(rest: string): { readonly end: number; readonly spaces: readonly number[] } {
  const spaces: number[] = [];
  let depth = 0;
  let quote: string | undefined;
  for (let at = 0; at < rest.length; at++) {
    const sign = rest.charAt(at);
    if (quote !== undefined) {
      if (sign === '\\') at++;
      else if (sign === quote) quote = undefined;
    } else if (sign === '"' || sign === "'") {
      quote = sign;
    } else if ('([{'.includes(sign)) {
      depth++;
    } else if (CLOSERS.includes(sign)) {
      // What begins with a closer is about that closer.
      if (depth === 0) return { end: at === 0 ? rest.length : at, spaces };
      depth--;
    } else if (sign === ' ' && depth === 0 && at > 0) {
      spaces.push(at);
    }
  }
  return { end: rest.length, spaces };
}
