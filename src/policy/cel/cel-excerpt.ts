const MOST = 40;

/**
 * The beginning of an expression's rest, for a message: up to the bracket that closes what was opened before it. Where
 * that is long, what stands in brackets is left out, and then what comes after a space.
 */
export function celExcerpt(rest: string): string {
  const { whole, folded } = read(rest);
  if (whole.length <= MOST) return whole;
  if (folded.length <= MOST) return folded;
  const space = folded.lastIndexOf(' ', MOST);
  return `${folded.slice(0, space > 0 ? space : MOST)} …`;
}

/** The part that the rest begins with, as it is and with all in brackets left out. */
function read(rest: string): { readonly whole: string; readonly folded: string } {
  let depth = 0;
  let quote: string | undefined;
  let folded = '';
  let at = 0;
  for (; at < rest.length; at++) {
    const sign = rest.charAt(at);
    const isText = quote !== undefined;
    if (quote !== undefined) {
      if (sign === quote && rest.charAt(at - 1) !== '\\') quote = undefined;
    } else if (sign === '"' || sign === "'") {
      quote = sign;
    }
    const closes = !isText && ')]}'.includes(sign);
    // What begins with a closing bracket is about that bracket.
    if (closes && depth === 0 && at > 0) break;
    if (closes) depth = Math.max(0, depth - 1);
    if (depth === 0) folded += sign;
    if (!isText && '([{'.includes(sign)) {
      depth++;
      if (depth === 1) folded += '…';
    }
  }
  return { whole: rest.slice(0, at).trimEnd(), folded: folded.trimEnd() };
}
