/** The line in pieces of at most `width` characters, broken at spaces where there are any. Its indent is kept. */
export function wrap(line: string, width: number): string[] {
  const [indent = ''] = /^ */.exec(line) ?? [];
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const isBreak =
      space > indent.length &&
      (space > width / 2 || wordAt(rest, space + 1) <= width - indent.length);
    const cut = isBreak ? space : wholeCharacters(rest, width);
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(rest[cut] === ' ' ? cut + 1 : cut);
    if (indent.length < width / 2) rest = indent + rest;
  }
  return [...pieces, rest];
}

/** Characters from here to the next space. */
function wordAt(text: string, from: number): number {
  const end = text.indexOf(' ', from);
  return (end < 0 ? text.length : end) - from;
}

/** The text, or its beginning with an ellipsis. */
export function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}

/** A surrogate pair is not torn. */
function wholeCharacters(text: string, at: number): number {
  const code = text.charCodeAt(at - 1);
  return code >= 0xd800 && code < 0xdc00 && at > 1 ? at - 1 : at;
}
