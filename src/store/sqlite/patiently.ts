import { setTimeout as wait } from 'node:timers/promises';
import { isBusy } from './is-busy.ts';

/** How often to try again while somebody else holds the database, and for how long; milliseconds. */
const RETRY = 10;
const PATIENCE = 2_000;

/** Somebody else may hold the database: calls wait for it, the event loop doesn't. */
export async function patiently<Result>(work: () => Result): Promise<Result> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
    }
    await wait(RETRY);
  }
}
