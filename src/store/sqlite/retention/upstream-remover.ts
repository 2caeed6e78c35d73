import type { Database } from 'better-sqlite3';
import type { Signer } from '../../proof/proof-key.ts';
import { Progress } from '../upkeep/progress.ts';
import { type Held, type Looked, NOTHING_HELD } from './held.ts';
import { ProvedEnds } from './proved-ends.ts';
import { recordRemoval } from './record-removal.ts';
import type { RemovalProof } from './removal-proof.ts';
import type { SignedSteps } from './signed-steps.ts';
import { DOOMED, type DoomedStep, portionOf, StepRemover } from './step-remover.ts';

/** Steps that are looked at, and removed, at a time. */
const LOOK = 512;
const STEPS = 128;

interface LookedAt {
  readonly position: number;
  readonly at: number;
  readonly exchange: string;
}

/** What a look has found. */
interface Found {
  readonly steps: readonly DoomedStep[];
  /** Everything up to here has been dealt with. */
  readonly to: number;
  /** The first step that would be dealt with, were it not held. */
  readonly wanted?: number;
}

/** Removes exchanges of one upstream from the middle. Their leaves stay in their blocks, so that the proof holds. */
export class UpstreamRemover {
  readonly #db: Database;
  readonly #upstream: string;
  readonly #signer: Signer | undefined;
  readonly #signed: SignedSteps | undefined;
  readonly #ends: ProvedEnds;
  readonly #progress: Progress;
  readonly #remover: StepRemover;
  readonly #next;
  readonly #isEnded;
  readonly #steps;
  readonly #lastStep;
  /** An exchange of which a part is removed: it is known to be one of these. */
  #begun: string | undefined;

  /** @param proof left out: there is none */
  constructor(db: Database, upstream: string, proof: RemovalProof | undefined) {
    this.#db = db;
    this.#signer = proof?.signer;
    this.#signed = proof?.signed;
    this.#upstream = upstream;
    this.#ends = new ProvedEnds(db, { isProved: proof !== undefined });
    this.#progress = new Progress(db, `remove ${upstream}`);
    this.#remover = new StepRemover(db);
    this.#next = db.prepare<[number, number], LookedAt>(
      `SELECT position, at, exchange FROM event WHERE position > ? AND position <= ?
       ORDER BY position LIMIT ${LOOK}`,
    );
    // Ended with this step, so that each exchange is looked at once.
    this.#isEnded = db
      .prepare<[string, string, number], number>(
        `SELECT 1 FROM exchange WHERE id = ? AND upstream = ? AND closed_at IS NOT NULL
           AND ? = (SELECT max(position) FROM event WHERE exchange = exchange.id)`,
      )
      .pluck();
    this.#steps = db.prepare<[string, number], DoomedStep>(
      `SELECT ${DOOMED} FROM event WHERE exchange = ? ORDER BY position LIMIT ?`,
    );
    this.#lastStep = db
      .prepare<[string], number>(
        `SELECT position FROM event JOIN exchange ON id = exchange AND seq = last WHERE exchange = ?`,
      )
      .pluck();
  }

  /**
   * Looks at some steps and removes what is older, and not held.
   *
   * @param cutoff milliseconds since the epoch
   */
  step(cutoff: number, now: number, held: Held = NOTHING_HELD): Looked {
    const from = this.#progress.get();
    const look = () => this.#look(from, cutoff, held);
    const found = this.#signed ? this.#signed.look(look) : look();
    const { wanted } = found;
    if (found.to === from && found.steps.length === 0) return { found: false, wanted };
    this.#db
      .transaction(() => {
        const { steps, to } = found;
        if (steps.length > 0) {
          const removed = this.#remover.remove(steps);
          const removal = { reason: 'upstream', upstream: this.#upstream, removed } as const;
          recordRemoval(this.#db, removal, { at: now, signer: this.#signer });
        }
        this.#progress.set(to);
      })
      .immediate();
    return { found: true, wanted };
  }

  #look(from: number, cutoff: number, held: Held): Found {
    const steps: DoomedStep[] = [];
    let to = from;
    for (const { position, at, exchange } of this.#next.all(from, this.#ends.newest() ?? 0)) {
      if (at > cutoff) break;
      if (this.#isEnded.get(exchange, this.#upstream, position) !== undefined) {
        if (position > held.after && at > held.limit) return { steps, to, wanted: position };
        const doomed = this.#steps.all(exchange, STEPS - steps.length);
        if (!this.#isRight(exchange, doomed, position)) {
          to = position;
          continue;
        }
        steps.push(...doomed);
        const portion = portionOf(steps);
        // It has more than that: the rest of it goes the next time.
        if (portion.at(-1)?.position !== position) return { steps: portion, to };
        if (steps.length === STEPS) return { steps, to: position };
      }
      to = position;
    }
    return { steps, to };
  }

  /** Whether these steps are those of an exchange of this upstream, which ended when it says that it has. */
  #isRight(exchange: string, steps: readonly DoomedStep[], newest: number): boolean {
    const signed = this.#signed;
    if (!signed) return true;
    const positions = new Set([...steps.map(({ position }) => position), newest]);
    const ended = this.#lastStep.get(exchange);
    if (ended !== undefined) positions.add(ended);
    let isKnown = this.#begun === exchange;
    for (const position of positions) {
      const found = signed.at(position);
      if (!found) return false;
      // With its first step, and with the one that ended it, what it is about is signed as well.
      isKnown ||= found.head !== null;
    }
    // What ended before there were proofs may have lost its first step: then nobody knows, and age removes the rest.
    if (isKnown) this.#begun = exchange;
    return isKnown;
  }
}
