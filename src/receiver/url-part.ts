/** A user or password in a URL as it is meant; as it is written where its percent signs stand for themselves. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
