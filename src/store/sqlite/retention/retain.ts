import type { Database } from 'better-sqlite3';
import { type Signer, signerOf } from '../../proof/proof-key.ts';
import type { UpkeepOptions } from '../../upkeep-options.ts';
import type { ChoreMaker } from '../upkeep/chore.ts';
import { OldestRemover } from './oldest-remover.ts';
import { UpstreamRemover } from './upstream-remover.ts';

/** What is too old is looked for so often: a hundredth of the age, within these bounds; milliseconds. */
const PART = 100;
const MIN_EVERY = 1_000;
const MAX_EVERY = 3_600_000;
/** How often the size is looked at, in milliseconds. */
const LOOK_AT_SIZE = 10_000;

/** Something that is looked at now and then, and gone on with while there is more. */
interface Look {
  readonly every: number;
  step(now: number): boolean;
}

/** Removes what is too old, or too much. */
export const retain: ChoreMaker = ({ db, options, now }) => {
  const signer = options.proof && signerOf(options.proof.key);
  const oldest = new OldestRemover(db, signer);
  const looks = looksOf(db, options, oldest, signer).map((look) => ({ ...look, due: 0 }));
  return {
    name: 'retain',
    step: () => {
      // What was announced goes first, also where the configuration has changed since.
      if (oldest.step()) return true;
      const at = now();
      for (const look of looks) {
        // A clock that was set back must not stop it.
        if (at < look.due && look.due - at <= look.every) continue;
        if (look.step(at)) return true;
        look.due = at + look.every;
      }
      return false;
    },
  };
};

function looksOf(
  db: Database,
  { keep = {} }: UpkeepOptions,
  oldest: OldestRemover,
  signer: Signer | undefined,
): Look[] {
  const { age, size, upstreams = {} } = keep;
  const ofUpstreams = Object.entries(upstreams).map(([upstream, kept]): Look => {
    const remover = new UpstreamRemover(db, upstream, signer);
    return { every: everyOf(kept), step: (now) => remover.step(now - kept, now) };
  });
  return [
    ...(age === undefined
      ? []
      : [{ every: everyOf(age), step: (now: number) => oldest.removeBefore(now - age, now) }]),
    ...(size === undefined
      ? []
      : [{ every: LOOK_AT_SIZE, step: (now: number) => oldest.removeBeyond(size, now) }]),
    ...ofUpstreams,
  ];
}

function everyOf(age: number): number {
  return Math.min(MAX_EVERY, Math.max(MIN_EVERY, age / PART));
}
