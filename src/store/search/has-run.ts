/**
 * Whether so many characters of one kind stand side by side in a text. It looks at every so many-eth character, and at
 * its neighbours where it is one of them, so in most texts at a few only. Linear.
 *
 * @param isMember by character code; codes beyond it are none
 */
export function hasRun(text: string, isMember: Uint8Array, length: number): boolean {
  const is = (at: number) => isMember[text.charCodeAt(at)] === 1;
  for (let at = length - 1; at < text.length; at += length) {
    if (!is(at)) continue;
    let from = at;
    while (from > 0 && at - from < length && is(from - 1)) from--;
    let to = at + 1;
    while (to < text.length && to - from < length && is(to)) to++;
    if (to - from >= length) return true;
  }
  return false;
}
