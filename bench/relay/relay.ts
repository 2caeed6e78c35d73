import type { ChildProcess } from 'node:child_process';
import { load, type Measured, type Target } from './load.ts';
import { ask, median, withTargets } from './setting.ts';

// What the gate costs: the same calls straight to an upstream, through a proxy that does nothing, and through the
// gate with policy, masks and transcript. All in one run, side by side, so that the ratios mean something.

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const ROUND = Number(process.env.BENCH_ROUND_MS ?? 2_000);
const CPU_CALLS = 5_000;
const HEAP_CALLS = Number(process.env.BENCH_HEAP_CALLS ?? 200_000);

export async function relay(): Promise<void> {
  await withTargets(async ({ targets, bare, gate }) => {
    await compare(targets);
    await processorTime([bare, gate], targets.slice(1));
    await heap(gate, targets[2] as Target);
  });
}

async function compare(targets: readonly Target[]): Promise<void> {
  for (const target of targets) await load(target, 32, { milliseconds: ROUND });
  console.log('relay: 1 KB answers; the gate with policy, masks and transcript');
  console.log(
    'connections  target      calls/s    p50 ms    p99 ms   rate vs bare  p50 added to bare',
  );
  for (const connections of [1, 32, 256]) {
    const rounds: Measured[][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const measured: Measured[] = [];
      for (const target of targets) {
        measured.push(await load(target, connections, { milliseconds: ROUND }));
      }
      rounds.push(measured);
    }
    for (const [index, target] of targets.entries()) {
      const of = (pick: (measured: Measured[]) => number) => median(rounds.map(pick));
      const own = (measured: Measured[]) => measured[index] as Measured;
      const bare = (measured: Measured[]) => measured[1] as Measured;
      console.log(
        [
          String(connections).padStart(11),
          `  ${target.name.padEnd(8)}`,
          of((m) => own(m).rate)
            .toFixed(0)
            .padStart(9),
          of((m) => own(m).p50)
            .toFixed(3)
            .padStart(10),
          of((m) => own(m).p99)
            .toFixed(3)
            .padStart(10),
          of((m) => own(m).rate / bare(m).rate)
            .toFixed(2)
            .padStart(15),
          of((m) => own(m).p50 - bare(m).p50)
            .toFixed(3)
            .padStart(19),
        ].join(''),
      );
    }
  }
}

/** Processor time a call; unlike rates it hardly minds what else the machine does. */
export async function processorTime(
  children: readonly ChildProcess[],
  targets: readonly Target[],
): Promise<void> {
  for (const connections of [1, 32]) {
    for (const [index, child] of children.entries()) {
      const target = targets[index] as Target;
      const spent = () => ask<{ all: number; main: number }>(child, 'cpu');
      const before = await spent();
      await load(target, connections, { calls: CPU_CALLS });
      const after = await spent();
      const all = (after.all - before.all) / CPU_CALLS;
      const main = (after.main - before.main) / CPU_CALLS;
      console.log(
        `processor time a call, ${connections} connections, ${target.name}: ${all.toFixed(0)} us, ` +
          `${main.toFixed(0)} us of it on the main thread`,
      );
    }
  }
}

/** The heap after the first tenth of many calls, and after all of them. */
async function heap(child: ChildProcess, target: Target): Promise<void> {
  if (HEAP_CALLS === 0) return;
  const used = async () => {
    const { heap, rss } = await ask<{ heap: number; rss: number }>(child, 'heap');
    return { heap: heap / 1_048_576, rss: rss / 1_048_576 };
  };
  await load(target, 32, { calls: HEAP_CALLS / 10 });
  const before = await used();
  await load(target, 32, { calls: HEAP_CALLS * 0.9 });
  const after = await used();
  console.log(
    `heap: ${before.heap.toFixed(1)} MiB after ${HEAP_CALLS / 10} calls, ${after.heap.toFixed(1)} MiB after ` +
      `${HEAP_CALLS} (${(after.heap / before.heap).toFixed(2)}); rss ${before.rss.toFixed(0)} -> ${after.rss.toFixed(0)} MiB`,
  );
}
