import type { Needs } from '../detector.ts';

const ZERO = 0x30;
const NINE = 0x39;
const ASCII = 0x80;

/** Characters of base64 and base64url. */
const inBase64 = new Uint8Array(ASCII);
for (const one of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_') {
  inBase64[one.charCodeAt(0)] = 1;
}

/** What one pass over a text tells of it, so that most detectors needn't look at most texts. */
export class TextLook {
  readonly length: number;
  readonly digits: number;
  /** True where the text has other characters than ASCII. */
  readonly isWide: boolean;
  /** The longest stretch that base64 could be. */
  readonly longestRun: number;
  // The ASCII characters that there are: one bit each.
  readonly #controls: number;
  readonly #signs: number;
  readonly #capitals: number;
  readonly #smalls: number;

  constructor(text: string) {
    let [a, b, c, d] = [0, 0, 0, 0];
    let digits = 0;
    let isWide = false;
    let run = 0;
    let longest = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= ASCII) {
        isWide = true;
        run = 0;
        continue;
      }
      // A shift takes the last five bits of its distance only, which is what is wanted here.
      if (code >= 96) d |= 1 << code;
      else if (code >= 64) c |= 1 << code;
      else if (code >= 32) {
        b |= 1 << code;
        if (code >= ZERO && code <= NINE) digits++;
      } else a |= 1 << code;
      run = inBase64[code] === 1 ? run + 1 : 0;
      if (run > longest) longest = run;
    }
    this.length = text.length;
    this.digits = digits;
    this.isWide = isWide;
    this.longestRun = longest;
    this.#controls = a;
    this.#signs = b;
    this.#capitals = c;
    this.#smalls = d;
  }

  /** True where the text has an ASCII character. */
  has(code: number): boolean {
    const seen =
      code >= 96
        ? this.#smalls
        : code >= 64
          ? this.#capitals
          : code >= 32
            ? this.#signs
            : this.#controls;
    return (seen & (1 << code)) !== 0;
  }

  /** True where the text has what a detector needs. */
  may(needs: CompiledNeeds): boolean {
    if (this.length < needs.length || this.digits < needs.digits) return false;
    const { oneOf } = needs;
    if (!oneOf) return true;
    const [controls, signs, capitals, smalls] = oneOf;
    return (
      (this.#signs & signs) !== 0 ||
      (this.#capitals & capitals) !== 0 ||
      (this.#smalls & smalls) !== 0 ||
      (this.#controls & controls) !== 0
    );
  }
}

export interface CompiledNeeds {
  readonly length: number;
  readonly digits: number;
  readonly oneOf: readonly [number, number, number, number] | undefined;
}

/** Needs as bits, to be compared with a look. */
export function compileNeeds({ length = 1, digits = 0, characters }: Needs = {}): CompiledNeeds {
  if (characters === undefined) return { length, digits, oneOf: undefined };
  const oneOf: [number, number, number, number] = [0, 0, 0, 0];
  for (const one of characters) {
    const code = one.charCodeAt(0);
    // Other characters aren't looked for one by one, so nothing can be ruled out.
    if (code >= ASCII) return { length, digits, oneOf: undefined };
    oneOf[code >> 5] = (oneOf[code >> 5] ?? 0) | (1 << code);
  }
  return { length, digits, oneOf };
}
