import { parseArgs } from 'node:util';
import { equivalence, judging, mutantsIn, tests } from './battery.ts';
import { type Fate, fatesOf } from './herd.ts';

// npm run mutate -- [--files REGEXP] [--every N] [--jobs N]
const { values } = parseArgs({
  options: {
    files: { type: 'string' },
    every: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
  },
});
const all = mutantsIn(values.files ? new RegExp(values.files) : judging);
const mutants = all.filter((one, i) => i % Number(values.every) === 0 && !equivalence(one));
const started = performance.now();
const fates = await fatesOf(mutants, tests, Number(values.jobs), report, (broken) => {
  process.stdout.write(`left out, for they fail anyway: ${broken.join(', ')}\n`);
});

const count = (end: string) => fates.filter((fate) => fate.end === end).length;
process.stdout.write(
  `${mutants.length} mutants in ${Math.round((performance.now() - started) / 1000)} s: ` +
    `${count('killed')} killed, ${count('stuck')} stuck, ${count('survived')} survived; ` +
    `${all.filter(equivalence).length} equivalent\n`,
);
process.exitCode = count('survived') > 0 ? 1 : 0;

function report({ mutant, end }: Fate): void {
  if (end === 'killed') return;
  const { file, line, change, code } = mutant;
  process.stdout.write(`${end} ${file}:${line} ${change}    ${code}\n`);
}
