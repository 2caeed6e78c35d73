import type { TokenSpec } from '../model/decision.ts';
import type { Json } from '../model/json.ts';
import type { MaskContext } from './mask-context.ts';

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

/** Makes tokens, and remembers which. The same value has the same token in one scope, for one caller. */
export class TokenMint {
  readonly minted: Minted[] = [];
  readonly #context: MaskContext;

  constructor(context: MaskContext) {
    this.#context = context;
  }

  /** The token of a value. */
  mint(_value: Json, _label: string, _spec: TokenSpec): string {
    throw new Error(`not yet, ${this.#context.owner}`);
  }
}
