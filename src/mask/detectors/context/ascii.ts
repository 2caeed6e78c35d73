/** True for the code of an ASCII digit; codes past the end of a text (NaN) are none. */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** True for the code of an ASCII letter. */
export function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

/** True for the code of an ASCII letter or digit. */
export function isWord(code: number): boolean {
  return isDigit(code) || isLetter(code);
}

/** True for the code of a character of base64url (RFC 4648, section 5), which are those of a word in a URL. */
export function isUrlSafe(code: number): boolean {
  return isWord(code) || code === 45 || code === 95;
}

/** True for the code of a hexadecimal digit. */
export function isHex(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}
