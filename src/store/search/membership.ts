/** A table for {@link hasRun}: 1 at the codes of these characters, which are ASCII. */
export function membership(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (let at = 0; at < characters.length; at++) table[characters.charCodeAt(at)] = 1;
  return table;
}
