import { cpu } from '../relay/cpu.ts';

/** At least so many milliseconds, and rounds, go into a figure; the best round counts, for others are disturbed. */
const LEAST = Number(process.env.BENCH_MASK_MS ?? 120);
const ROUNDS = 3;
/** A round is no shorter, for the system counts time in steps. */
const ROUND = 8;

/**
 * Megabytes a second that work gets through, which goes over so many bytes: by the processor time of this thread, so
 * that what else runs on the machine counts little.
 */
export function throughput(bytes: number, work: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  let calls = 1;
  let spent = 0;
  for (let round = 0; round < ROUNDS || spent < LEAST; ) {
    const started = cpu().main;
    for (let call = 0; call < calls; call++) work();
    const took = (cpu().main - started) / 1e3;
    spent += took;
    if (took < ROUND) {
      calls *= 2;
      continue;
    }
    round++;
    best = Math.min(best, took / calls);
    if (spent > 20 * LEAST) break;
  }
  return bytes / 1e3 / best;
}
