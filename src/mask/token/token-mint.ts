import { createHmac } from 'node:crypto';
import type { TokenSpec } from '../../model/decision.ts';
import type { Json } from '../../model/json.ts';
import type { MaskContext } from '../mask-context.ts';
import { tokenLabel } from '../maskers/token-label.ts';
import { TOKEN_DIGITS, TOKEN_LENGTH } from './token-text.ts';

/** A token that was given out for a value. */
export interface Minted {
  readonly token: string;
  /** What it stands for: a text, or the whole value. */
  readonly value: Json;
  readonly label: string;
  readonly scope: string;
  /** Milliseconds from now. */
  readonly expires: number;
}

/** Keeps tokens apart from all else that is made with the key. */
const PURPOSE = 'sallyport token 1';
/** Tokens that one message can bring; what comes after is redacted, which hides as much. */
const MAX_TOKENS = 10_000;
/** Characters of a value, as JSON, that a token can stand for. */
const MAX_VALUE = 16_384;

/**
 * Makes tokens, and remembers which. The same value has the same token in one scope, for one caller: 80 bits of a keyed
 * digest (HMAC-SHA-256), so nobody without the key can tell values and tokens together.
 */
export class TokenMint {
  readonly minted: Minted[] = [];
  readonly #context: MaskContext;
  /** By scope, label and value. */
  readonly #known = new Map<string, string>();

  constructor(context: MaskContext) {
    this.#context = context;
  }

  /**
   * The token of a value, such as `person-id:7f3ahk20vq9x4m1c`. Past 10,000 of them, and of a value of more than 16,384
   * characters, it is `[redacted:…]`. A token that the gate has put there is its own.
   *
   * @param found what the token is called, unless the policy says so
   */
  mint(value: Json, found: string, spec: TokenSpec): string {
    if (typeof value === 'string' && this.#context.given?.has(value)) return value;
    const { scope, expires } = spec;
    const label = tokenLabel(spec.label ?? found);
    const key = JSON.stringify([scope, label, value]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.minted.length >= MAX_TOKENS || key.length > MAX_VALUE) return `[redacted:${label}]`;
    const token = `${label}:${this.#digest(scope, label, value)}`;
    this.#known.set(key, token);
    this.minted.push({ token, value, label, scope, expires });
    return token;
  }

  /** A list has one reading as JSON, so no two meanings have the same text. */
  #digest(scope: string, label: string, value: Json): string {
    const { key, owner } = this.#context;
    const text = JSON.stringify([PURPOSE, owner, scope, label, value]);
    return crockford(createHmac('sha256', key).update(text).digest());
  }
}

/** The first 80 bits in Crockford's base 32: no `i`, `l`, `o` or `u`, which are easily taken for others. */
function crockford(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (let i = 0; text.length < TOKEN_LENGTH; ) {
    if (held < 5) {
      bits = ((bits & 31) << 8) | (bytes[i++] ?? 0);
      held += 8;
    }
    held -= 5;
    text += TOKEN_DIGITS[(bits >> held) & 31];
  }
  return text;
}
