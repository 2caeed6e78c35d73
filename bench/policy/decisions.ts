import { cedar } from './cedar.ts';
import { cel } from './cel.ts';
import type { Engine } from './engine.ts';
import { opa, opaIndexed } from './opa.ts';
import { type Answer, callsOf, expected, rulesOf, type Shape, shapes } from './rules.ts';
import { sallyport } from './sallyport.ts';

const COUNTS = [10, 100, 1_000, 10_000];
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
/** Milliseconds of one round of one engine. */
const ROUND = Number(process.env.BENCH_POLICY_MS ?? 60);
const engines: readonly Engine[] = [sallyport, cel, cedar, opaIndexed, opa];

/** Time of a decision by how many rules there are, next to other engines with the same rules, calls and answers. */
export async function decisions(): Promise<void> {
  console.log('policy: microseconds a decision, the median of rounds; few rules can match a call');
  const heads = COUNTS.map((count) => `${count.toLocaleString('en')} rules`.padStart(14)).join('');
  for (const shape of shapes) {
    console.log(`rules told apart by ${shape}`.padEnd(28) + heads);
    const rows = await measure(shape);
    for (const [index, { name }] of engines.entries()) {
      const cells = rows.map((row) => format(row[index]).padStart(14));
      console.log(`  ${name.padEnd(26)}${cells.join('')}`);
    }
  }
}

function format(nanoseconds: number | undefined): string {
  return nanoseconds === undefined ? '-' : (nanoseconds / 1_000).toFixed(2);
}

/** Nanoseconds a decision, for each count and engine. The engines take turns, so that ratios mean something. */
async function measure(shape: Shape): Promise<(number | undefined)[][]> {
  const rows: (number | undefined)[][] = [];
  for (const count of COUNTS) {
    const rules = rulesOf(shape, count);
    const calls = callsOf(shape, count);
    const answers = calls.map((call) => expected(rules, call));
    const decided: ((() => Answer)[] | undefined)[] = [];
    for (const engine of engines) {
      if (count > engine.most) decided.push(undefined);
      else decided.push(calls.map(await engine.load(rules)));
    }
    for (const [index, deciders] of decided.entries()) check(engines[index], deciders, answers);
    for (const one of decided) if (one) time(one); // The first round warms up.
    const rounds = Array.from({ length: ROUNDS }, () => decided.map((one) => one && time(one)));
    rows.push(decided.map((one, index) => one && median(rounds.map((round) => round[index] ?? 0))));
  }
  return rows;
}

function check(
  engine: Engine | undefined,
  deciders: readonly (() => Answer)[] | undefined,
  answers: readonly Answer[],
): void {
  for (const [index, decide] of deciders?.entries() ?? []) {
    const answer = decide();
    if (answer === answers[index]) continue;
    throw new Error(`${engine?.name} says ${answer} of call ${index}, not ${answers[index]}`);
  }
}

/** Nanoseconds a call: as many as fill a round, so that the clock is read seldom. */
function time(deciders: readonly (() => Answer)[]): number {
  for (let calls = 1; ; calls *= 2) {
    const start = performance.now();
    for (let call = 0; call < calls; call++) deciders[call % deciders.length]?.();
    const spent = performance.now() - start;
    if (spent >= ROUND / 2) return (spent * 1e6) / calls;
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
