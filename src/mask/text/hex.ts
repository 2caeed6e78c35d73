/** The value of a hexadecimal digit, or -1. */
export function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const small = code | 0x20;
  return small >= 0x61 && small <= 0x66 ? small - 0x57 : -1;
}

/** True where so many hexadecimal digits stand. */
export function hexAt(text: string, from: number, count: number): boolean {
  for (let i = from; i < from + count; i++) if (hexDigit(text.charCodeAt(i)) < 0) return false;
  return true;
}

/** What hexadecimal digits stand for. */
export function hexValue(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 16 + hexDigit(text.charCodeAt(i));
  return value;
}
