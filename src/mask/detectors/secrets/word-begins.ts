/** True where no letter or digit stands before an index, unless as the end of an escape such as `\n`. */
export function wordBegins(text: string, at: number): boolean {
  const code = text.charCodeAt(at - 1);
  const isWord = (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122);
  if (!isWord || code > 127) return true;
  return text[at - 2] === '\\' && (code === 110 || code === 114 || code === 116);
}
