import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../../model/errors.ts';
import type { UpkeepOptions } from '../../upkeep-options.ts';
import { isBusy } from '../is-busy.ts';
import { openToChange } from '../open-to-change.ts';
import type { Chore, ChoreContext } from './chore.ts';
import { chores } from './chores.ts';
import { MAX_LOG } from './move-log.ts';

// The thread that keeps transcripts in order while the gate goes on writing them.

/** What the thread is started with. */
export interface UpkeepData {
  readonly path: string;
  readonly options: UpkeepOptions;
}

/** What the thread tells: a chore that failed, or works again, or what a chore found. */
export interface UpkeepNews {
  readonly chore: string;
  /** Left out, and no alarm: it works again. */
  readonly failure?: string;
  /** The transcripts are not what the gate has left. */
  readonly alarm?: string;
}

/** Pauses while there is nothing to do, and between two steps while there is, so that the gate has its turn; milliseconds. */
const IDLE = 500;
const BETWEEN = 5;
/** How long to wait for the gate's own writes, in milliseconds. */
const BUSY = 100;
/** So often in a row a chore may find the database busy before that is told. */
const MAX_BUSY = 100;

const { path, options } = workerData as UpkeepData;
const db = openToChange(path, { busy: BUSY, make: true });
db.pragma('wal_autocheckpoint = 0');
db.pragma('synchronous = NORMAL');
db.pragma(`journal_size_limit = ${MAX_LOG}`);
const idle = Math.min(IDLE, options.proof?.every ?? IDLE);
const made = chores.flatMap((make) => make(contextOf(make.name)) ?? []);
const failing = new Set<string>();
const busy = new Map<string, number>();
let timer = setTimeout(run, idle);

function contextOf(name: string): ChoreContext {
  const alarm = (what: string) => tell({ chore: name, alarm: what });
  return { db, path, options, now: Date.now, alarm };
}

/** One step of every chore. */
function run(): void {
  const more = made.map((chore) => attempt(chore, () => chore.step())).some(Boolean);
  timer = setTimeout(run, more ? BETWEEN : idle);
}

/** What fails is told once, and tried again the next time. */
function attempt({ name }: Chore, work: () => boolean | undefined): boolean {
  try {
    const more = work() === true;
    busy.delete(name);
    if (failing.delete(name)) tell({ chore: name });
    return more;
  } catch (error) {
    const times = (busy.get(name) ?? 0) + 1;
    if (isBusy(error) && times < MAX_BUSY) {
      busy.set(name, times);
      return true;
    }
    if (!failing.has(name)) tell({ chore: name, failure: messageOf(error) });
    failing.add(name);
    return false;
  }
}

function tell(news: UpkeepNews): void {
  parentPort?.postMessage(news);
}

// Ending it from outside while SQLite works would take the whole process with it.
parentPort?.once('message', () => {
  clearTimeout(timer);
  for (const chore of made) attempt(chore, () => void chore.finish?.());
  db.close();
});
