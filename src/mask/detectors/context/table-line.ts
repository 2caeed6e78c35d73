const MAX_LINE = 2_000;
const QUOTE = 0x22;

/** False for lines that are too long to be of a table. */
export function isTableLine(start: number, end: number): boolean {
  return end - start <= MAX_LINE;
}

/** Where the cell ends that begins here: at the next separator outside quotes, or with the line. */
export function cellEnd(text: string, from: number, end: number, separator: number): number {
  let i = from;
  if (i < end && text.charCodeAt(i) === QUOTE && separator !== QUOTE) {
    const close = text.indexOf('"', i + 1);
    if (close !== -1 && close < end) i = close + 1;
  }
  while (i < end && text.charCodeAt(i) !== separator) i++;
  return i;
}

/** Blanks, carriage return, and the marks that quote or set off a cell. */
const AROUND = new Uint8Array(2 ** 7);
for (const sign of ' \t\r"*`') AROUND[sign.charCodeAt(0)] = 1;

/** Where what a cell says begins. */
export function innerStart(text: string, from: number, to: number): number {
  let start = from;
  while (start < to && AROUND[text.charCodeAt(start)] === 1) start++;
  return start;
}

/** Where what a cell says ends. */
export function innerEnd(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && AROUND[text.charCodeAt(end - 1)] === 1) end--;
  return Math.max(end, innerStart(text, from, to));
}
