import type { Chore } from '../upkeep/chore.ts';

/** For each millisecond of work so many of rest: what can wait takes a seventh of a core at most. */
const REST = 6;

/** A chore that is in no hurry: it rests after each step for a multiple of the time that the step took. */
export function paced({ step, ...chore }: Chore, clock: () => number): Chore {
  let rest = 0;
  let hasMore = false;
  return {
    ...chore,
    step: () => {
      const began = clock();
      if (began < rest) return hasMore;
      hasMore = step();
      const ended = clock();
      rest = ended + (ended - began) * REST;
      return hasMore;
    },
  };
}
