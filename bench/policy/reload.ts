import { setTimeout as wait } from 'node:timers/promises';
import { compileAside } from '../../src/config/compile-aside.ts';
import type { Identity } from '../../src/model/identity.ts';
import { compilePolicies, type PolicySource } from '../../src/policy/compile.ts';
import type { PolicySet } from '../../src/policy/policy-set.ts';
import { callsOf, type PlainRule, rulesOf } from './rules.ts';
import { filesOf, subjectOf } from './sallyport.ts';

const RULES = 10_000;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);

/**
 * What a reload takes while the gate runs: its time, its processor time on the gate's thread and on all, and how long
 * the event loop stood still. A pause has its wall-clock time, which on a loaded machine is mostly waiting for a
 * processor, and its processor time, which is what the reload is to blame for. Beside them stands what the same watch
 * sees in the same time without a reload.
 */
export async function reload(): Promise<void> {
  const small = (round: number) => filesOf(rules(round));
  const large = (round: number) => inFiles(small(round), 4);
  const base = small(0);
  const oneChanged = (round: number) => [...small(round).slice(0, 1), ...base.slice(1)];
  console.log(`reload of ${RULES.toLocaleString('en')} rules, in ms; pauses are the longest`);
  console.log(rowOf('', ['time', 'CPU', 'all CPU', 'pause', 'its CPU', 'idle', 'its CPU']));
  await report('100 files, one has changed', base, oneChanged);
  await report('100 files, all have', base, small);
  await report('4 files, all have', large(0), large);
  firstUse(base);
  globalThis.gc?.();
  console.log(`heap: ${(process.memoryUsage().heapUsed / 1_048_576).toFixed(0)} MiB`);
}

function rowOf(name: string, cells: readonly string[]): string {
  return `  ${name.padEnd(28)}${cells.map((cell) => cell.padStart(9)).join('')}`;
}

/**
 * The first decisions after a start find out which rules are about what. After a reload that has been done already.
 */
function firstUse(sources: readonly PolicySource[]): void {
  let longest = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { policies } = compilePolicies(sources);
    const identities = new Map<string, Identity>();
    for (const call of callsOf('argument', RULES).slice(0, 3)) {
      const subject = subjectOf(call, identities);
      const start = threadTime();
      policies?.judge(subject);
      longest = Math.max(longest, threadTime() - start);
    }
  }
  console.log(rowOf('first decision after a start', ['', longest.toFixed(0)]));
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
  let running = (await compile(base)).policies;
  const rounds: Round[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    // A reload gets ready for what the policies before were asked.
    if (running) use(running);
    const changed = sources(round);
    const before = { time: performance.now(), own: threadTime(), all: allTime() };
    const watch = new PauseWatch();
    const { policies } = await compile(changed);
    const time = performance.now() - before.time;
    const own = threadTime() - before.own;
    const all = allTime() - before.all;
    const pause = await watch.stop();
    if (policies?.rules.length !== RULES) throw new Error('the rules did not compile');
    running = policies;
    const control = new PauseWatch();
    await wait(time);
    rounds.push({ time, own, all, pause, idle: await control.stop() });
  }
  const cells = [
    ...[({ time }: Round) => time, ({ own }: Round) => own, ({ all }: Round) => all].map((of) =>
      medianOf(rounds.map(of)),
    ),
    ...[({ pause }: Round) => pause, ({ idle }: Round) => idle].flatMap((of) => [
      Math.max(...rounds.map((one) => of(one).wall)),
      Math.max(...rounds.map((one) => of(one).processor)),
    ]),
  ];
  console.log(
    rowOf(
      name,
      cells.map((cell) => cell.toFixed(0)),
    ),
  );
}

function use(policies: PolicySet): void {
  const identities = new Map<string, Identity>();
  for (const call of callsOf('argument', RULES)) policies.judge(subjectOf(call, identities));
}

function medianOf(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Processor time of this thread so far, in milliseconds. */
function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function allTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** In milliseconds. The pause with the longest time is seldom the one with the longest processor time. */
interface Pause {
  readonly wall: number;
  readonly processor: number;
}

interface Round {
  readonly time: number;
  readonly own: number;
  readonly all: number;
  readonly pause: Pause;
  readonly idle: Pause;
}

/** Measures the longest time between two turns of the event loop. */
class PauseWatch {
  #last = performance.now();
  #lastProcessor = threadTime();
  #wall = 0;
  #processor = 0;
  #next = setImmediate(() => this.#turn());

  async stop(): Promise<Pause> {
    await wait(10);
    clearImmediate(this.#next);
    return { wall: this.#wall, processor: this.#processor };
  }

  #turn(): void {
    const now = performance.now();
    const processor = threadTime();
    this.#wall = Math.max(this.#wall, now - this.#last);
    this.#processor = Math.max(this.#processor, processor - this.#lastProcessor);
    this.#last = now;
    this.#lastProcessor = processor;
    this.#next = setImmediate(() => this.#turn());
  }
}
