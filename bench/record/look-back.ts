import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runBacktest } from '../../src/cli/replay/backtest/backtest-threads.ts';
import { maskKeyOf } from '../../src/config/schema/masking-schema.ts';
import { verifyDatabase } from '../../src/store/sqlite/proof/verify-database.ts';
import { storageSize } from '../../src/store/sqlite/storage-size.ts';
import type { RecordingGate } from './gates.ts';

const MIB = 1_048_576;
const { signal } = new AbortController();

/** What the databases have come to, and how quick the last one is verified and judged again. */
export async function lookBack(gates: readonly RecordingGate[]): Promise<void> {
  console.log('databases, once the gates have ended:');
  console.log('recording  exchanges   file MiB  bytes an exchange  texts read MiB  kept MiB');
  for (const { target, database } of gates.slice(1)) {
    const { exchanges, texts } = storageSize(database);
    const { size } = statSync(database);
    const { plain, packed, blobs } = texts;
    console.log(
      [
        target.name.padEnd(9),
        String(exchanges).padStart(11),
        (size / MIB).toFixed(1).padStart(11),
        (size / exchanges).toFixed(0).padStart(19),
        ((plain + packed.read + blobs.read) / MIB).toFixed(1).padStart(16),
        ((plain + packed.kept + blobs.kept) / MIB).toFixed(1).padStart(10),
      ].join(''),
    );
  }
  const whole = gates.at(-1);
  if (!whole) return;
  await verified(whole);
  await judgedAgain(whole, 'masked text only', undefined);
  const key = readFileSync(join(dirname(whole.database), 'transcripts.key'), 'utf8');
  await judgedAgain(whole, 'originals too', maskKeyOf(key));
}

async function verified({ database }: RecordingGate): Promise<void> {
  const keys = readFileSync(join(dirname(database), 'proof.pub'), 'utf8');
  const began = performance.now();
  const { steps } = await verifyDatabase(database, { keys, signal });
  const seconds = (performance.now() - began) / 1_000;
  console.log(
    `verify: ${(steps / seconds).toFixed(0)} steps/s (${steps} in ${seconds.toFixed(1)} s)`,
  );
}

async function judgedAgain(
  { database, policies }: RecordingGate,
  what: string,
  key: Uint8Array | undefined,
): Promise<void> {
  const file = join(policies, 'policy.yaml');
  const began = performance.now();
  const tally = await runBacktest(
    {
      path: database,
      ...{ keys: key && [key], filter: {}, examples: 3 },
      policies: [{ file, text: readFileSync(file, 'utf8') }],
    },
    { signal, progress: () => undefined },
  );
  const seconds = (performance.now() - began) / 1_000;
  const { read } = tally;
  console.log(
    `backtest, ${what}: ${(read / seconds).toFixed(0)} exchanges/s (${read} in ${seconds.toFixed(1)} s)`,
  );
}
