import type { Database } from 'better-sqlite3';
import { LEAF_BYTES, sealOf } from '../../proof/block.ts';
import type { FoundBlock } from '../../proof/block-chain.ts';
import { isWellFormed } from '../../proof/block-chain.ts';
import { isSignedGone } from '../../proof/gone-signature.ts';
import { isSigned, type ProofKeys } from '../../proof/proof-key.ts';
import { BlockRows } from './block-rows.ts';
import type { Range } from './check-chunk.ts';
import { LeafMaker } from './leaf-maker.ts';
import type { StepRow } from './leaf-rows.ts';

/** What the gate or an operator has recorded of what is gone. */
export interface GoneRecord {
  readonly removed: readonly Range[];
  readonly erased: readonly string[];
  /** Of what is erased: who called as well. */
  readonly names: boolean;
  /** When facts were deleted that nothing named any more; milliseconds since the epoch. */
  readonly forgot: number | undefined;
  /** False: no block has it yet. Its own signature is right all the same. */
  readonly isSigned: boolean;
}

/** What a record says, by a signature that is right. */
interface Facts extends Omit<GoneRecord, 'isSigned'> {
  readonly after: unknown;
}

/** Ids in one record, and ranges, that are read. */
const MAX_ENTRIES = 100_000;
/** Blocks that are looked through for the one that a record names; the steps before it may not have been signed yet. */
const MAX_BACK = 256;

/**
 * Records of removals and of erasures that are in the proof, or wait to be. One that is not what was signed, or not by
 * whoever has a key of the proof, is left out, so that what it tells of counts as gone without a record.
 */
export class GoneRecords {
  readonly #keys: ProofKeys;
  readonly #maker: LeafMaker;
  readonly #blocks: BlockRows;
  readonly #ids;
  #block: { readonly row: FoundBlock; readonly isRight: boolean } | undefined;

  constructor(db: Database, keys: ProofKeys) {
    this.#keys = keys;
    this.#maker = new LeafMaker(db);
    this.#blocks = new BlockRows(db);
    this.#ids = db.prepare<[string], { id: string }>(
      `SELECT id FROM exchange WHERE id > ? AND upstream = '' AND revision = ''
         AND method IN ('transcripts/remove', 'transcripts/erase')
       ORDER BY id LIMIT 1`,
    );
  }

  /** All of them, one after the other, each as it is by then. */
  *all(): Generator<GoneRecord> {
    for (let id = ''; ; ) {
      const row = this.#ids.get(id);
      if (!row) return;
      id = row.id;
      this.#maker.begin();
      for (const step of [...this.#maker.rows.of(id)]) {
        const record = this.#recordOf(step);
        if (record) yield record;
      }
    }
  }

  #recordOf(step: StepRow): GoneRecord | undefined {
    if (step.revision !== '') return undefined;
    const made = this.#maker.make(step);
    const facts = factsOf(made.detail, (said) => isSignedGone(this.#keys, step.exchange, said));
    if (!facts || !this.#isOfHere(step.position, facts)) return undefined;
    const block = this.#blockOf(step.position);
    const { removed, erased, names, forgot } = facts;
    // It tells of what was before it.
    const earlier = removed.map(([first, last]): Range => [first, Math.min(last, step.position)]);
    const record = { removed: earlier, erased, names, forgot };
    if (!block) return { ...record, isSigned: false };
    const from = (step.position - block.row.first) * LEAF_BYTES;
    const leaf = block.row.leaves.toString('hex', from, from + LEAF_BYTES);
    return block.isRight && leaf === made.leaf ? { ...record, isSigned: true } : undefined;
  }

  /**
   * Whether it was made in this history, behind the block that it names. Ids of exchanges are in no other history, but
   * positions are: a record of another gate with the same key would excuse that they are empty here. One whose block
   * retention has taken is not needed any more: what it told of is older still, and newer records tell of it as well.
   */
  #isOfHere(position: number, { removed, after }: Facts): boolean {
    if (removed.length === 0) return true;
    const blocks = this.#blocks.sealsBefore(position, MAX_BACK);
    return blocks.some(({ link, signature }) => {
      const isBytes = Buffer.isBuffer(link) && Buffer.isBuffer(signature);
      return isBytes && sealOf(link, signature) === after;
    });
  }

  /** Its signature is checked here, for a range of the transcripts has not been looked at beyond its end. */
  #blockOf(position: number) {
    const known = this.#block;
    if (known && known.row.first <= position && position <= known.row.last) return known;
    const row = this.#blocks.holding(position);
    if (!row) return undefined;
    const { signer, link, signature } = row;
    const isRight = isWellFormed(row) && isSigned(this.#keys, signer, link, signature) === true;
    this.#block = { row, isRight };
    return this.#block;
  }
}

function factsOf(
  detail: string | null,
  isRight: (said: Readonly<Record<string, unknown>>) => boolean,
): Facts | undefined {
  if (detail === null) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(detail);
  } catch {
    return undefined;
  }
  const said = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (!isRight(said)) return undefined;
  const { removed, erased, names, forgot, after } = said;
  const ranges = listOf(removed).filter(isRange);
  const ids = listOf(erased).filter((id) => typeof id === 'string');
  const at = typeof forgot === 'number' ? forgot : undefined;
  if (ranges.length === 0 && ids.length === 0 && at === undefined) return undefined;
  return { removed: ranges, erased: ids, names: names === true, forgot: at, after };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, MAX_ENTRIES) : [];
}

function isRange(value: unknown): value is Range {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isSafeInteger);
}
