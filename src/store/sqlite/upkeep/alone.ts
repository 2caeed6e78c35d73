import type { Database } from 'better-sqlite3';
import { FileLock } from '../file-lock.ts';
import type { ChoreContext, ChoreMaker } from './chore.ts';

/** Whose turn it is to keep a database in order, where two gates write it, as in a rolling restart. */
class Turn {
  readonly #path: string;
  #lock: FileLock | undefined;

  constructor(path: string) {
    this.#path = `${path}-upkeep`;
  }

  /** Whether it is this gate's; it stays so until it is handed over. */
  isOurs(): boolean {
    this.#lock ??= FileLock.take(this.#path);
    return this.#lock !== undefined;
  }

  handOver(): void {
    this.#lock?.release();
    this.#lock = undefined;
  }
}

const turns = new WeakMap<Database, Turn>();

function turnOf({ db, path }: Pick<ChoreContext, 'db' | 'path'>): Turn {
  const turn = turns.get(db) ?? new Turn(path);
  turns.set(db, turn);
  return turn;
}

/** The same chore, done by one gate at a time: another goes on with it once that has ended, however it did. */
export function alone(make: ChoreMaker): ChoreMaker {
  const made: ChoreMaker = (context) => {
    const chore = make(context);
    if (!chore) return undefined;
    const turn = turnOf(context);
    return {
      name: chore.name,
      step: () => turn.isOurs() && chore.step(),
      finish: () => {
        if (turn.isOurs()) chore.finish?.();
      },
    };
  };
  return Object.defineProperty(made, 'name', { value: make.name });
}

/** The last thing that is done. */
export const handOver: ChoreMaker = (context) => {
  const turn = turnOf(context);
  return { name: 'hand-over', step: () => false, finish: () => turn.handOver() };
};
