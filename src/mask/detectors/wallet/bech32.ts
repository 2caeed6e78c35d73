const CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
/** What the checksum of a right address gives: BIP 173, and BIP 350 (bech32m). */
const BECH32 = 1;
const BECH32M = 0x2bc830a3;

/**
 * True where a text is bech32 or bech32m with a right checksum: a prefix, `1`, and data, in one
 * case (BIP 173, BIP 350).
 */
export function isBech32(text: string): boolean {
  const lower = text.toLowerCase();
  if (lower !== text && text.toUpperCase() !== text) return false;
  const parted = lower.indexOf('1');
  if (parted < 1 || lower.length - parted < 8) return false;
  let check = 1;
  for (let i = 0; i < parted; i++) check = step(check, lower.charCodeAt(i) >> 5);
  check = step(check, 0);
  for (let i = 0; i < parted; i++) check = step(check, lower.charCodeAt(i) & 31);
  for (let i = parted + 1; i < lower.length; i++) {
    const value = CHARSET.indexOf(lower.charAt(i));
    if (value < 0) return false;
    check = step(check, value);
  }
  return check === BECH32 || check === BECH32M;
}

function step(check: number, value: number): number {
  const top = check >>> 25;
  let next = ((check & 0x1ffffff) << 5) ^ value;
  for (let i = 0; i < GENERATORS.length; i++) {
    if ((top >>> i) & 1) next ^= GENERATORS[i] ?? 0;
  }
  return next >>> 0;
}
