import type { Database } from 'better-sqlite3';
import { type Signer, signerOf } from '../../proof/proof-key.ts';
import type { UpkeepOptions } from '../../upkeep-options.ts';
import type { ChoreMaker } from '../upkeep/chore.ts';
import { Exported } from './exported.ts';
import { type Held, type Looked, NOTHING_HELD } from './held.ts';
import { OldestRemover } from './oldest-remover.ts';
import { UpstreamRemover } from './upstream-remover.ts';
import { Waiting } from './waiting.ts';

/** What is too old is looked for so often: a hundredth of the age, within these bounds; milliseconds. */
const PART = 100;
const MIN_EVERY = 1_000;
const MAX_EVERY = 3_600_000;
/** How often the size is looked at, in milliseconds. */
const LOOK_AT_SIZE = 10_000;

/** Something that is looked at now and then, and gone on with while there is more. */
interface Look {
  readonly every: number;
  step(now: number): Looked;
}

/** Removes what is too old, or too much. */
export const retain: ChoreMaker = ({ db, options, now }) => {
  const signer = options.proof && signerOf(options.proof.key);
  const oldest = new OldestRemover(db, signer);
  const looks = looksOf(db, options, oldest, signer).map((look) => ({ ...look, due: 0 }));
  const waiting = new Waiting(db);
  return {
    name: 'retain',
    step: () => {
      // What was announced goes first, also where the configuration has changed since.
      if (oldest.step()) return true;
      const at = now();
      for (const look of looks) {
        // A clock that was set back must not stop it.
        if (at < look.due && look.due - at <= look.every) continue;
        const { found, wanted } = look.step(at);
        waiting.note(look, wanted);
        if (found) return true;
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
  const { age, size, upstreams = {}, unexported } = keep;
  const held = holder(db, unexported);
  const longer = unexported?.age ?? 0;
  const ofUpstreams = Object.entries(upstreams).map(([upstream, kept]): Look => {
    const remover = new UpstreamRemover(db, upstream, signer);
    const step = (now: number) => remover.step(now - kept, now, held(now - kept - longer));
    return { every: everyOf(kept), step };
  });
  const ofAge = (kept: number): Look => {
    const step = (now: number) => oldest.removeBefore(now - kept, now, held(now - kept - longer));
    return { every: everyOf(kept), step };
  };
  const ofSize = (most: number): Look => {
    const limit = most + (unexported?.size ?? 0);
    return {
      every: LOOK_AT_SIZE,
      step: (now) => oldest.removeBeyond(most, now, held(limit)),
    };
  };
  return [
    ...(age === undefined ? [] : [ofAge(age)]),
    ...(size === undefined ? [] : [ofSize(size)]),
    ...ofUpstreams,
  ];
}

/** What exports have yet to take is held, up to a limit. */
function holder(
  db: Database,
  unexported: NonNullable<UpkeepOptions['keep']>['unexported'],
): (limit: number) => Held {
  if (!unexported) return () => NOTHING_HELD;
  const exported = new Exported(db, unexported);
  return (limit) => ({ after: exported.position(), limit });
}

function everyOf(age: number): number {
  return Math.min(MAX_EVERY, Math.max(MIN_EVERY, age / PART));
}
