import { corpus } from '../../test/mask/corpus/corpus.ts';
import { graded } from '../../test/mask/corpus/graded.ts';
import type { Mistake, Score } from '../../test/mask/corpus/score.ts';
import { precision, recall, score, shapeOf } from '../../test/mask/corpus/score.ts';

/** The first is the one that the thresholds are held against; the second shows whether they hold elsewhere. */
const SEEDS = [1, 20_261_121] as const;
const DOCUMENTS = 3_000;
const WORST = 3;

/**
 * Part of `npm run bench -- mask`: precision and recall of every detector over the labelled corpus, of two seeds, and
 * the shapes of what it misses and takes wrongly most often. Values are made up, so shapes may show them.
 */
export async function quality(): Promise<void> {
  for (const seed of SEEDS) {
    const scores = score(corpus(seed, DOCUMENTS), graded);
    console.log(`\nquality: ${DOCUMENTS} documents of seed ${seed}`);
    console.log('detector             precision  recall   found  labels');
    for (const [name, own] of scores) console.log(row(name, own));
    console.log(`\nmost often wrong, of seed ${seed} (» « mark the label or the finding)`);
    for (const [name, own] of scores) printWorst(name, own);
  }
}

function row(name: string, own: Score): string {
  const numbers = [precision(own).toFixed(3), recall(own).toFixed(3)].map((of) => of.padStart(9));
  return `${name.padEnd(20)}${numbers.join('')}${String(own.found).padStart(8)}${String(own.support).padStart(8)}`;
}

function printWorst(name: string, { misses, alarms }: Score): void {
  for (const [title, mistakes] of [
    ['missed', misses],
    ['wrong', alarms],
  ] as const) {
    for (const [shape, of] of mostOften(mistakes).slice(0, WORST)) {
      const [example] = of;
      console.log(
        `  ${name} ${title} ${of.length}x ${shape}  e.g. ${JSON.stringify(example?.around ?? '')}`,
      );
    }
  }
}

function mostOften(mistakes: readonly Mistake[]): [shape: string, of: Mistake[]][] {
  const byShape = Map.groupBy(mistakes, ({ text }) => shapeOf(text));
  return [...byShape].sort(([, one], [, other]) => other.length - one.length);
}
