import type { Database } from 'better-sqlite3';
import { type ProofKeys, proofKeysOf, publicPemOf, signerOf } from '../../proof/proof-key.ts';
import type { UpkeepOptions } from '../../upkeep-options.ts';
import type { ChoreContext, ChoreMaker } from '../upkeep/chore.ts';
import { isDue } from '../upkeep/is-due.ts';
import { Exported } from './exported.ts';
import { type Held, type Looked, NOTHING_HELD } from './held.ts';
import { OldestRemover } from './oldest-remover.ts';
import type { RemovalProof } from './removal-proof.ts';
import { SignedSteps } from './signed-steps.ts';
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
export const retain: ChoreMaker = ({ db, options, now, alarm }) => {
  const proof = options.proof && proofOf(db, options.proof, alarm);
  const oldest = new OldestRemover(db, proof);
  const looks = looksOf(db, options, oldest, proof).map((look) => ({ ...look, due: 0 }));
  const waiting = new Waiting(db);
  return {
    name: 'retain',
    step: () => {
      // What was announced goes first, also where the configuration has changed since.
      if (oldest.step()) return true;
      const at = now();
      for (const look of looks) {
        if (!isDue(at, look.due, look.every)) continue;
        const { found, wanted } = look.step(at);
        waiting.note(look, wanted);
        if (found) return true;
        look.due = at + look.every;
      }
      return false;
    },
  };
};

function proofOf(
  db: Database,
  { key, earlier = '' }: NonNullable<UpkeepOptions['proof']>,
  alarm: ChoreContext['alarm'],
): RemovalProof {
  const own = publicPemOf(key);
  return { signer: signerOf(key), signed: new SignedSteps(db, keysOf(own, earlier), alarm) };
}

/** Whatever stands in a file that somebody may have written stops no gate. */
function keysOf(own: string, earlier: string): ProofKeys {
  try {
    return proofKeysOf(`${own}\n${earlier}`);
  } catch {
    return proofKeysOf(own);
  }
}

function looksOf(
  db: Database,
  { keep = {} }: UpkeepOptions,
  oldest: OldestRemover,
  proof: RemovalProof | undefined,
): Look[] {
  const { age, size, upstreams = {}, unexported } = keep;
  const held = holder(db, unexported);
  const longer = unexported?.age ?? 0;
  const ofUpstreams = Object.entries(upstreams).map(([upstream, kept]): Look => {
    const remover = new UpstreamRemover(db, upstream, proof);
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
