import { detectors } from '../../src/mask/detectors.ts';
import type { Json } from '../../src/model/json.ts';
import { type Body, bodies } from './bodies.ts';
import { everything, masking } from './masking.ts';
import { throughput } from './throughput.ts';

/** Megabytes a second that masking with all detectors must reach on one core, over each size. */
const AIM = 20;
const sizes = [
  ['1 KB', 1_000, 200],
  ['50 KB', 50_000, 4],
  ['5 MB', 5_000_000, 1],
] as const;

/** How fast results are masked: by all detectors, each alone, and by kinds of results; next to parsing and writing them. */
export function speed(): void {
  console.log(
    'mask: MB/s of results masked, best of rounds; JSON is JSON.parse and JSON.stringify of the same',
  );
  const sets = sizes.map(([, size]) => bodies(size));
  console.log(['', ...sizes.map(([name]) => name), 'of JSON (50 KB)'].map(cell).join(''));
  const plain = sets.map((set, index) =>
    over(set, index, ({ json }) => JSON.stringify(JSON.parse(json))),
  );
  print('JSON alone', plain);
  const all = sets.map((set, index) => over(set, index, masker(everything)));
  print('all detectors', all, plain[1]);
  // One after the other over all of 5 MB would take half an hour: rows and prose are enough there.
  const fewer = sets.map((set, index) =>
    index < 2 ? set : set.filter(({ kind }) => ['rows as text', 'prose'].includes(kind)),
  );
  for (const name of detectors.keys()) {
    const mask = masker([name]);
    print(
      `  ${name}`,
      fewer.map((set, index) => over(set, index, mask)),
      plain[1],
    );
  }
  byKind(sets);
  const slowest = Math.min(...all);
  console.log(
    `aim of ${AIM} MB/s with all detectors: ${slowest >= AIM ? 'met' : 'MISSED'} (${slowest.toFixed(1)} at the slowest size)`,
  );
}

function byKind(sets: readonly Body[][]): void {
  console.log('all detectors, by what a result is');
  const mask = masker(everything);
  for (const [index, { kind }] of sets[0]?.entries() ?? []) {
    const cells = sets.map((set, size) => {
      const one = set[index];
      return one === undefined ? 0 : over([one], size, mask);
    });
    print(`  ${kind}`, cells);
  }
}

function masker(find: readonly string[]): (body: Body) => Json {
  const mask = masking(find);
  return ({ value }) => mask(value);
}

/** Goes over all bodies of a set, small ones many times, so that the clock is read seldom. */
function over(set: readonly Body[], size: number, work: (body: Body) => unknown): number {
  const times = sizes[size]?.[2] ?? 1;
  const bytes = set.reduce((sum, body) => sum + body.bytes, 0) * times;
  return throughput(bytes, () => {
    for (let i = 0; i < times; i++) for (const body of set) work(body);
  });
}

function print(name: string, figures: readonly number[], plain?: number): void {
  const ratio =
    plain === undefined ? '' : `${(100 * (figures[1] ?? 0)) / plain}`.slice(0, 4).concat(' %');
  console.log([name, ...figures.map((figure) => figure.toFixed(1)), ratio].map(cell).join(''));
}

function cell(text: string, index: number): string {
  return index === 0 ? text.padEnd(22) : text.padStart(16);
}
