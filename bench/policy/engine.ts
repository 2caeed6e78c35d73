import type { Answer, PlainCall, PlainRule } from './rules.ts';

/** A policy engine under the same rules and calls as the others. */
export interface Engine {
  readonly name: string;
  /** More rules than this would take minutes. */
  readonly most: number;
  /**
   * Loads rules, and gives for a call (prepared as the engine likes it, which isn't measured) what decides it (which
   * is).
   */
  load(
    rules: readonly PlainRule[],
  ): ((call: PlainCall) => () => Answer) | Promise<(call: PlainCall) => () => Answer>;
}
