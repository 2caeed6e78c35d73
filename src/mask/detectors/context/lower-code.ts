/** Latin, Greek and Cyrillic end here; few scripts beyond have capitals. */
const LAST = 0x530;
const LOWER = Uint16Array.from({ length: LAST }, (_, code) =>
  String.fromCharCode(code).toLowerCase().charCodeAt(0),
);

/** The code of the small letter, as far as Latin, Greek and Cyrillic go. */
export function lowerCode(code: number): number {
  return code < LAST ? (LOWER[code] ?? code) : code;
}
