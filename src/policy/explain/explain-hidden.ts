import { DEEP, EACH, type PathSegment } from '../../model/decision.ts';

/** Where a value stands that can't be seen any more, from the root on: `['args', 'rows', 0, 'email']`. */
export type HiddenPlace = readonly (string | number)[];

/** True where the outcome of a test on this path could depend on what stood at a hidden place. */
export function touchesHidden(
  path: readonly PathSegment[],
  hidden: readonly HiddenPlace[],
  { presence = false } = {},
): boolean {
  return hidden.some((place) => {
    // What is masked is still there, so that whether something is there can be told down to its place.
    if (presence && place[0] !== 'identity' && !path.includes(DEEP) && path.length <= place.length)
      return false;
    return meet(path, place);
  });
}

/** One leads to the other, or to the same. */
function meet(path: readonly PathSegment[], place: HiddenPlace): boolean {
  for (const [index, step] of path.entries()) {
    const there = place[index];
    if (there === undefined || step === DEEP) return true;
    if (step !== EACH && String(step) !== String(there)) return false;
  }
  return true;
}
