import type { Chore } from './chore.ts';

/** The longest rest: on a machine that is busy with other things steps take long without having done much. Milliseconds. */
const LONGEST = 1_000;

/**
 * A chore that is in no hurry: it rests after each step for a multiple of the time that the step took.
 *
 * @param clock milliseconds
 * @param restOf the multiple, asked for after each step; 0: no rest
 */
export function paced({ step, ...chore }: Chore, clock: () => number, restOf: () => number): Chore {
  let rest = 0;
  let hasMore = false;
  return {
    ...chore,
    step: () => {
      const began = clock();
      if (began < rest) return hasMore;
      hasMore = step();
      const ended = clock();
      rest = ended + Math.min(LONGEST, (ended - began) * restOf());
      return hasMore;
    },
  };
}
