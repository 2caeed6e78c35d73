import type { Decision } from '../model/decision.ts';

/** How often a message is judged at most; each time fewer tokens may be put back. */
const MAX_ROUNDS = 4;

/** A message that tokens are put back in as it is judged. */
export interface RevealRounds<Shown> {
  /** The message with what may be put back by now, and how many tokens were. */
  reveal(): { readonly shown: Shown; readonly count: number };
  judge(shown: Shown): Decision;
  /** What no grant of a decision covers, or masks would change, may not be put back any longer. */
  narrow(decision: Decision): void;
}

/**
 * Judges a message by what will be sent of it, until the grants that come with a judgement are for just what was judged.
 * What is put back only ever becomes less.
 *
 * @returns undefined where that doesn't come to an end, or nothing can be put back: then nothing is
 */
export function judgeInRounds<Shown>(rounds: RevealRounds<Shown>): Decision | undefined {
  let now = rounds.reveal();
  for (let round = 0; round < MAX_ROUNDS && now.count > 0; round++) {
    const decision = rounds.judge(now.shown);
    if (stops(decision)) return decision;
    rounds.narrow(decision);
    const next = rounds.reveal();
    if (next.count === now.count) return decision;
    now = next;
  }
  return undefined;
}

/** A rule that blocks what the tokens stand for is not to be had round by sending the tokens themselves. */
export function stops({ effect, rule }: Decision): boolean {
  return effect === 'block' && rule !== undefined;
}
