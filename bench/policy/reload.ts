import { compileAside } from '../../src/config/compile-aside.ts';
import type { Identity } from '../../src/model/identity.ts';
import { compilePolicies, type PolicySource } from '../../src/policy/compile.ts';
import { callsOf, type PlainRule, rulesOf } from './rules.ts';
import { filesOf, subjectOf } from './sallyport.ts';

const RULES = 10_000;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);

/** What a reload takes while the gate runs: its time, the longest that the event loop stood still, and the heap. */
export async function reload(): Promise<void> {
  const small = (round: number) => filesOf(rules(round));
  const large = (round: number) => inFiles(small(round), 4);
  const base = small(0);
  const oneChanged = (round: number) => [...small(round).slice(0, 1), ...base.slice(1)];
  console.log(`reload of ${RULES.toLocaleString('en')} rules         time ms   longest pause ms`);
  await report('100 files, one has changed', base, oneChanged);
  await report('100 files, all have', base, small);
  await report('4 files, all have', large(0), large);
  firstUse(base);
  globalThis.gc?.();
  console.log(`heap: ${(process.memoryUsage().heapUsed / 1_048_576).toFixed(0)} MiB`);
}

/** The first decisions by new policies find out which rules are about what, and which remain for the caller. */
function firstUse(sources: readonly PolicySource[]): void {
  let longest = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { policies } = compilePolicies(sources);
    const identities = new Map<string, Identity>();
    for (const call of callsOf('argument', RULES).slice(0, 3)) {
      const subject = subjectOf(call, identities);
      const start = performance.now();
      policies?.judge(subject);
      longest = Math.max(longest, performance.now() - start);
    }
  }
  console.log(`  ${'first decision thereafter'.padEnd(26)}${longest.toFixed(1).padStart(29)}`);
}

function rules(round: number): PlainRule[] {
  return rulesOf('argument', RULES).map((rule) => ({ ...rule, limit: 1_000 + round }));
}

/** The documents of many files in few. */
function inFiles(files: readonly PolicySource[], count: number): PolicySource[] {
  const size = Math.ceil(files.length / count);
  return Array.from({ length: count }, (_, index) => ({
    file: `all${index}.yaml`,
    text: files
      .slice(index * size, (index + 1) * size)
      .map(({ text }) => text)
      .join('---\n'),
  }));
}

async function report(
  name: string,
  base: readonly PolicySource[],
  sources: (round: number) => PolicySource[],
): Promise<void> {
  const compile = compileAside();
  await compile(base);
  const times: number[] = [];
  const pauses: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const changed = sources(round);
    const watch = new PauseWatch();
    const start = performance.now();
    const { policies } = await compile(changed);
    times.push(performance.now() - start);
    if (policies?.rules.length !== RULES) throw new Error('the rules did not compile');
    pauses.push(await watch.stop());
  }
  const median = times.sort((a, b) => a - b)[times.length >> 1] ?? 0;
  const cells = [
    median.toFixed(0).padStart(10),
    Math.max(...pauses)
      .toFixed(1)
      .padStart(19),
  ];
  console.log(`  ${name.padEnd(26)}${cells.join('')}`);
}

/** Measures the longest time between two turns of the event loop. */
class PauseWatch {
  #last = performance.now();
  #longest = 0;
  #next = setImmediate(() => this.#turn());

  async stop(): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, 10));
    clearImmediate(this.#next);
    return this.#longest;
  }

  #turn(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
    this.#next = setImmediate(() => this.#turn());
  }
}
