/** Calls back with each stretch of ASCII digits in a text that no digit stands beside. */
export function eachNumber(text: string, visit: (index: number, length: number) => void): void {
  const { length } = text;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x30 || code > 0x39) continue;
    let end = i + 1;
    while (end < length && isDigit(text.charCodeAt(end))) end++;
    visit(i, end - i);
    i = end;
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
