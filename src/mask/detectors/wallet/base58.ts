const CHUNK = 4;
const LIMB = 2 ** 24;

/** The alphabet of Bitcoin and most others. */
export const BITCOIN_ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/**
 * Reads base58 with an alphabet of its own order: gives so many bytes, or undefined where it is no
 * base58 or needs more bytes.
 */
export function base58Decoder(
  alphabet: string,
): (text: string, size: number) => Uint8Array | undefined {
  const values = new Int8Array(128).fill(-1);
  for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;
  return (text, size) => {
    // Limbs of 24 bits, the lowest first, so that a limb times 58 to the 4th stays a whole number.
    const limbs = new Float64Array(Math.ceil(size / 3) + 1);
    for (let from = 0; from < text.length; from += CHUNK) {
      const until = Math.min(from + CHUNK, text.length);
      let carry = 0;
      let factor = 1;
      for (let i = from; i < until; i++) {
        const value = values[text.charCodeAt(i) & 127] ?? -1;
        if (value < 0 || text.charCodeAt(i) > 127) return undefined;
        carry = carry * 58 + value;
        factor *= 58;
      }
      if (!multiply(limbs, factor, carry)) return undefined;
    }
    return bytesOf(limbs, size);
  };
}

function multiply(limbs: Float64Array, factor: number, add: number): boolean {
  let carry = add;
  for (let i = 0; i < limbs.length; i++) {
    const value = (limbs[i] ?? 0) * factor + carry;
    carry = Math.floor(value / LIMB);
    limbs[i] = value - carry * LIMB;
  }
  return carry === 0;
}

function bytesOf(limbs: Float64Array, size: number): Uint8Array | undefined {
  const bytes = new Uint8Array(limbs.length * 3);
  for (const [i, limb] of limbs.entries()) {
    const end = bytes.length - i * 3;
    bytes[end - 1] = limb % 256;
    bytes[end - 2] = Math.floor(limb / 256) % 256;
    bytes[end - 3] = Math.floor(limb / 65536);
  }
  const over = bytes.length - size;
  return bytes.subarray(0, over).every((byte) => byte === 0) ? bytes.subarray(over) : undefined;
}
