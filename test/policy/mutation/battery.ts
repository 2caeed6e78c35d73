import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mutant, mutantsOf } from './mutants.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What takes too long to be run for each mutant, and is no test of how policies judge. */
const leftOut =
  /^(?:differential|mutation|schema|laws|logic|explain|satisfiable|shadowed|lint-arguments)\.test\.ts$/;
/** The quickest to notice things come first. */
const last = ['golden', 'properties'].map((name) => `${name}.test.ts`);

/** Test files that every mutant is run against. */
export const tests: readonly string[] = [
  'mutation/table.test.ts',
  'mutation/corpus.test.ts',
  ...readdirSync(`${root}test/policy`)
    .filter((name) => name.endsWith('.test.ts') && !leftOut.test(name))
    .sort((a, b) => last.indexOf(a) - last.indexOf(b)),
].map((name) => `${root}test/policy/${name}`);

/** Files that judge. What only checks policies while they load has its golden cases. */
export const judging =
  /^src\/policy\/(?!(?:cel|json-schema|check|explain|suite|parse|pin)\/|ast|root-summaries|index\/requirement|conditions\/(?:instant|wall-clock|time|operand-types))/;

/** The mutants of all files that match, in the order of files and lines. */
export function mutantsIn(files: RegExp): readonly Mutant[] {
  const names = readdirSync(`${root}src/policy`, { recursive: true, encoding: 'utf8' });
  return names
    .map((name) => `src/policy/${name}`)
    .filter((name) => name.endsWith('.ts') && files.test(name))
    .sort()
    .flatMap((file) => mutantsOf(file, readFileSync(root + file, 'utf8')));
}

interface Equivalent {
  /** Without its folder, so that it may move. */
  readonly file: string;
  readonly code: string;
  readonly change: string;
  readonly reason: string;
}

const known = JSON.parse(
  readFileSync(new URL('./equivalent.json', import.meta.url), 'utf8'),
) as readonly Equivalent[];

/** Why no test can notice the mutant, where somebody has shown that. */
export function equivalence({ file, code, change }: Mutant): string | undefined {
  const name = basename(file);
  return known.find((one) => one.file === name && one.code === code && one.change === change)
    ?.reason;
}
