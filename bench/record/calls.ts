import { load, type Target } from '../relay/load.ts';
import { ask, median } from '../relay/setting.ts';
import { type RecordingGate, withGates } from './gates.ts';
import { lookBack } from './look-back.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9);
const CALLS = Number(process.env.BENCH_CALLS ?? 4_000);
const CONNECTIONS = 32;

const bare = { originals: 'none', proof: { every: '24d' }, search: false, compact: false };
/** Each has all that those before it have. */
const recordings = {
  off: 'off',
  on: bare,
  sealed: { ...bare, originals: 'sealed' },
  proved: { ...bare, originals: 'sealed', proof: { every: '1s' } },
  whole: { search: true, compact: '1s' },
} as const;

interface Measured {
  readonly rate: number;
  readonly p99: number;
  /** Microseconds of processor time a call: of all threads, and of the main one. */
  readonly all: number;
  readonly main: number;
}

/** What recording costs a call, by what of it is on: gates side by side, in turns. */
export async function calls(): Promise<void> {
  await withGates(
    recordings,
    async (gates) => {
      console.log(
        `record: ${CONNECTIONS} connections, 1 KB answers; each row has what those above have`,
      );
      for (const [tool, what] of [
        ['list_plain', 'nothing to mask'],
        ['query', 'two values masked in each answer'],
      ] as const) {
        const of = (gate: RecordingGate): Target => ({ ...gate.target, tool });
        for (const gate of gates) await load(of(gate), CONNECTIONS, { calls: CALLS });
        const rounds: Measured[][] = [];
        for (let round = 0; round < ROUNDS; round++) {
          const measured: Measured[] = [];
          for (const gate of gates) measured.push(await measure(gate, of(gate)));
          rounds.push(measured);
        }
        print(gates, rounds, what);
      }
    },
    lookBack,
  );
}

async function measure({ child }: RecordingGate, target: Target): Promise<Measured> {
  const spent = () => ask<{ all: number; main: number }>(child, 'cpu');
  const before = await spent();
  const { rate, p99 } = await load(target, CONNECTIONS, { calls: CALLS });
  const after = await spent();
  const { all, main } = after;
  return { rate, p99, all: (all - before.all) / CALLS, main: (main - before.main) / CALLS };
}

function print(gates: readonly RecordingGate[], rounds: readonly Measured[][], what: string): void {
  console.log(`${what}:`);
  console.log(
    'recording   calls/s  rate vs off   p99 ms  cpu us a call  (main thread)  cpu vs off',
  );
  for (const [index, { target }] of gates.entries()) {
    const own = (measured: readonly Measured[]) => measured[index] as Measured;
    const off = (measured: readonly Measured[]) => measured[0] as Measured;
    const of = (pick: (measured: readonly Measured[]) => number) => median(rounds.map(pick));
    console.log(
      [
        target.name.padEnd(9),
        of((m) => own(m).rate)
          .toFixed(0)
          .padStart(10),
        of((m) => own(m).rate / off(m).rate)
          .toFixed(2)
          .padStart(13),
        of((m) => own(m).p99)
          .toFixed(1)
          .padStart(9),
        of((m) => own(m).all)
          .toFixed(0)
          .padStart(15),
        of((m) => own(m).main)
          .toFixed(0)
          .padStart(15),
        of((m) => own(m).all / off(m).all)
          .toFixed(2)
          .padStart(12),
      ].join(''),
    );
  }
}
