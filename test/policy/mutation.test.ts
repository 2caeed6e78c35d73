import { expect, it } from 'vitest';
import { equivalence, mutantsIn, tests } from './mutation/battery.ts';
import { fatesOf } from './mutation/herd.ts';
import type { Mutant } from './mutation/mutants.ts';

const COUNT = 40;
/** Where operators, quantifiers, combinators and decisions are. `npm run mutate` tries every mutant of every file. */
const heart =
  /^src\/policy\/(?:conditions\/(?!host|instant|wall-clock|time-window|pattern|operand|value-type).*|combine|compile-condition|outcome|glob)\.ts$/;
/** Slips that change what is judged, not how far a loop runs. */
const slips =
  /^(?:TRUE|FALSE|FAULT|and|or|not|some|every|===|!==|&&|\|\||<|>|mayHold|mayMatter|cannotFail)/;

it('a slip in what judges is noticed by some test', { timeout: 600_000 }, async () => {
  const mutants = mutantsIn(heart).filter((one) => slips.test(one.change) && !equivalence(one));
  const fates = await fatesOf(spread(mutants), tests.slice(0, -2), 1);
  expect(fates).toHaveLength(COUNT);
  expect(fates.filter(({ end }) => end === 'survived').map(({ mutant }) => mutant)).toEqual([]);
});

/** Evenly over all files. */
function spread(mutants: readonly Mutant[]): readonly Mutant[] {
  return Array.from(
    { length: COUNT },
    (_, index) => mutants[Math.floor((index * mutants.length) / COUNT)],
  ).filter((one): one is Mutant => one !== undefined);
}
