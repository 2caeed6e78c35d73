import type { ChoreMaker } from '../upkeep/chore.ts';
import { isDue } from '../upkeep/is-due.ts';
import { bury } from './bury.ts';
import { closeLeftBy } from './close-left-open.ts';
import { deadRuns } from './dead-runs.ts';

/** How often a run gives a sign of life, and looks for those of others; milliseconds. */
const EVERY = 10_000;

/** Gives signs of life, and ends what gates have left open that died beside this one. */
export const watchRuns: ChoreMaker = ({ db, path, options: { run }, now }) => {
  if (run === undefined) return undefined;
  const beat = db.prepare('UPDATE run SET seen = ? WHERE name = ?');
  let due = 0;
  return {
    name: 'watch-runs',
    step: () => {
      const at = now();
      if (!isDue(at, due, EVERY)) return false;
      beat.run(at, run);
      const dead = deadRuns(db, path, at, run);
      if (dead.length > 0) {
        db.transaction(() => bury(db, path, dead)).immediate();
        closeLeftBy(db, dead);
      }
      due = at + EVERY;
      return false;
    },
  };
};
