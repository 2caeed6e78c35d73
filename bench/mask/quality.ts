import { blindCorpus } from '../../test/mask/corpus/blind/blind-corpus.ts';
import { corpus } from '../../test/mask/corpus/corpus.ts';
import { graded } from '../../test/mask/corpus/graded.ts';
import type { Mistake, Score } from '../../test/mask/corpus/score.ts';
import { precision, recall, score, shapeOf } from '../../test/mask/corpus/score.ts';

/** The first is the one that the thresholds are held against; the second shows whether they hold elsewhere. */
const SEEDS = [1, 20_261_121] as const;
const DOCUMENTS = 3_000;
const WORST = 3;

/**
 * Part of `npm run bench -- mask`: precision and recall of every detector over the labelled corpus and over the exam,
 * of two seeds each, and the shapes of what it misses and takes wrongly most often. Values are made up, so shapes may
 * show them. The authors of the detectors saw the corpus while they worked; the exam was written by somebody who had
 * seen neither, and what it found was mended afterwards.
 */
export async function quality(): Promise<void> {
  for (const seed of SEEDS) table(`corpus, ${DOCUMENTS} documents of seed ${seed}`, corpus, seed);
  for (const seed of SEEDS)
    table(`exam, ${DOCUMENTS} documents of seed ${seed}`, blindCorpus, seed);
}

function table(title: string, documents: typeof corpus, seed: number): void {
  const scores = score(documents(seed, DOCUMENTS), graded);
  console.log(`\nquality: ${title}`);
  console.log('detector             precision  recall   found  labels');
  for (const [name, own] of scores) console.log(row(name, own));
  console.log(`\nmost often wrong, ${title} (» « mark the label or the finding)`);
  for (const [name, own] of scores) printWorst(name, own);
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
