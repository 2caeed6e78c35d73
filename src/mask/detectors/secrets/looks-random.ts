/** Longer values are judged by their beginning. */
const LOOKED_AT = 256;

/** Shannon entropy in bits for each character, of what is seen of a value. */
export function entropy(value: string): number {
  const counts = new Map<number, number>();
  const length = Math.min(value.length, LOOKED_AT);
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i);
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  let bits = 0;
  for (const count of counts.values()) bits -= (count / length) * Math.log2(count / length);
  return bits;
}

/**
 * True of what a machine has drawn: many different characters for its length, and digits or both cases of letters
 * among them. Words, runs (`xxxx`, `1234567890`) and names in code are not.
 */
export function looksRandom(value: string): boolean {
  const seen = value.slice(0, LOOKED_AT);
  const digits = /\d/.test(seen);
  const mixed = /[a-z]/.test(seen) && /[A-Z]/.test(seen);
  if (!digits && !mixed) return false;
  return entropy(seen) >= leastEntropy(seen) && !runs(seen);
}

/** What random values of that length and alphabet always have, and words repeated do not. */
function leastEntropy(value: string): number {
  const most = Math.log2(value.length);
  const alphabet = /^[\da-f-]+$/i.test(value) ? 4 : 6;
  return Math.min(most, alphabet) * 0.6;
}

/** True where most characters follow from the one before: equal to it, or the next one. */
function runs(value: string): boolean {
  let following = 0;
  for (let i = 1; i < value.length; i++) {
    const step = value.charCodeAt(i) - value.charCodeAt(i - 1);
    if (step === 0 || step === 1) following++;
  }
  return following > value.length / 2;
}
