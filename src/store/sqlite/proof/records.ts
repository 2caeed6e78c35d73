import type { Database } from 'better-sqlite3';
import { LEAF_BYTES } from '../../proof/block.ts';
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
  /** False: no block has it yet. Its own signature is right all the same. */
  readonly isSigned: boolean;
}

/** Ids in one record, and ranges, that are read. */
const MAX_ENTRIES = 100_000;

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
    if (!facts) return undefined;
    const block = this.#blockOf(step.position);
    if (!block) return { ...facts, isSigned: false };
    const from = (step.position - block.row.first) * LEAF_BYTES;
    const leaf = block.row.leaves.toString('hex', from, from + LEAF_BYTES);
    return block.isRight && leaf === made.leaf ? { ...facts, isSigned: true } : undefined;
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
): Omit<GoneRecord, 'isSigned'> | undefined {
  if (detail === null) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(detail);
  } catch {
    return undefined;
  }
  const said = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (!isRight(said)) return undefined;
  const { removed, erased, names } = said;
  const ranges = listOf(removed).filter(isRange);
  const ids = listOf(erased).filter((id) => typeof id === 'string');
  if (ranges.length === 0 && ids.length === 0) return undefined;
  return { removed: ranges, erased: ids, names: names === true };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, MAX_ENTRIES) : [];
}

function isRange(value: unknown): value is Range {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isSafeInteger);
}
