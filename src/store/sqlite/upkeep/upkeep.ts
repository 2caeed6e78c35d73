import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../../model/errors.ts';
import type { UpkeepOptions } from '../../upkeep-options.ts';
import { isBusy } from '../is-busy.ts';
import { openToChange } from '../open-to-change.ts';
import type { Chore, ChoreContext } from './chore.ts';
import { chores } from './chores.ts';
import { GateLoad } from './gate-load.ts';
import { MAX_LOG } from './move-log.ts';

// The thread that keeps transcripts in order while the gate goes on writing them.

/** What the thread is started with. */
export interface UpkeepData {
  readonly path: string;
  readonly options: UpkeepOptions;
  /** What {@link GateLoad} shares. */
  readonly load: SharedArrayBuffer;
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

const { path, options, load } = workerData as UpkeepData;
const gate = new GateLoad(load);
const db = openToChange(path, { busy: BUSY, make: true });
db.pragma('wal_autocheckpoint = 0');
db.pragma('synchronous = NORMAL');
db.pragma(`journal_size_limit = ${MAX_LOG}`);
const idle = Math.min(IDLE, options.proof?.every ?? IDLE);
const made = chores.flatMap((make) => make(contextOf(make.name)) ?? []);
/** When each has its next turn, by the clock that never goes back. */
const due = new Map<Chore, number>();
const failing = new Set<string>();
const busy = new Map<string, number>();
let timer = setTimeout(run, idle);

function contextOf(name: string): ChoreContext {
  const alarm = (what: string) => tell({ chore: name, alarm: what });
  return { db, path, options, now: Date.now, isBusy: () => gate.isBusy(), alarm };
}

/** One step of every chore that is due: one that has nothing to do isn't asked again because another has. */
function run(): void {
  for (const chore of made) {
    if (performance.now() < (due.get(chore) ?? 0)) continue;
    const more = attempt(chore, () => chore.step());
    due.set(chore, performance.now() + (more ? 0 : idle));
  }
  const next = Math.min(...due.values()) - performance.now();
  timer = setTimeout(run, Math.max(BETWEEN, next));
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
