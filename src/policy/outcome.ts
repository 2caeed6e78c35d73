/**
 * What a condition can come out as, as a set of possibilities in three bits. A condition whose values are all known
 * has one possibility. While arguments are unknown (a list is pruned) or the result is (the call has not been made)
 * several are possible, and a set over-approximates every concrete outcome.
 */
export type Outcome = number;

export const FALSE: Outcome = 1;
export const TRUE: Outcome = 2;
/** The condition can't be judged: a value of the wrong type, or one that can't be had. */
export const FAULT: Outcome = 4;
/** Anything is possible. */
export const ANY: Outcome = 7;

export const truth = (value: boolean): Outcome => (value ? TRUE : FALSE);
/** Some possibility lets the condition hold. */
export const mayHold = (outcome: Outcome): boolean => (outcome & TRUE) !== 0;
/** No possibility lets it be false: it holds, or can't be judged. */
export const cannotFail = (outcome: Outcome): boolean => (outcome & FALSE) === 0;
/** It holds or can't be judged, in some possibility. */
export const mayMatter = (outcome: Outcome): boolean => (outcome & (TRUE | FAULT)) !== 0;

/** Negation; what can't be judged stays so. */
export function not(outcome: Outcome): Outcome {
  return (outcome & FAULT) | (outcome & TRUE ? FALSE : 0) | (outcome & FALSE ? TRUE : 0);
}

/** Conjunction of two sets: false beats fault beats true. */
export const and = combineBy((a, b) =>
  a === FALSE || b === FALSE ? FALSE : a === FAULT || b === FAULT ? FAULT : TRUE,
);
/** Disjunction of two sets: true beats fault beats false. */
export const or = combineBy((a, b) =>
  a === TRUE || b === TRUE ? TRUE : a === FAULT || b === FAULT ? FAULT : FALSE,
);

/** Lifts a function of single outcomes to sets, as a table of 8 by 8. */
function combineBy(single: (a: Outcome, b: Outcome) => Outcome) {
  const singles = [FALSE, TRUE, FAULT];
  const table = new Uint8Array(64);
  for (let a = 0; a < 8; a++) {
    for (let b = 0; b < 8; b++) {
      for (const x of singles) {
        for (const y of singles) {
          if (a & x && b & y) table[a * 8 + b] = (table[a * 8 + b] ?? 0) | single(x, y);
        }
      }
    }
  }
  return (a: Outcome, b: Outcome): Outcome => table[a * 8 + b] as Outcome;
}
