import { zstdDecompressSync } from 'node:zlib';
import type { Database, Statement } from 'better-sqlite3';
import { GateError, messageOf } from '../../model/errors.ts';
import { Pack } from './compaction/pack.ts';
import { RecentlyUsed } from './compaction/recently-used.ts';

/** The columns that tell where the texts of a step are. */
export interface KeptPayload {
  readonly position: number;
  readonly payload: string | null;
  /** Null: all is here; 1: what is not here is in the pack; 2: the payload is in the blob, the rest as with 1. */
  readonly kept: number | null;
  readonly blob: number | null;
}

/** The same with the facts of the step. */
export interface KeptStep extends KeptPayload {
  /** JSON. */
  readonly detail: string | null;
}

/** What a step says; null where it says nothing, or that was erased. */
export type StepTexts = Pick<KeptStep, 'detail' | 'payload'>;

interface BlobRow {
  characters: number;
  data: Buffer;
}

interface PackRow {
  first: number;
  last: number;
  data: Buffer;
}

interface Unpacked {
  readonly first: number;
  readonly last: number;
  readonly pack: Pack;
}

/** Packs that are kept unpacked, for whoever reads on. About 64 KiB each. */
const PACKS = 16;
/** Characters of blobs that are kept, and blobs: some answers come thousands of times. */
const BLOB_CHARACTERS = 4_194_304;
/** UTF-8 has at most so many bytes for a character of a string. */
const WIDEST = 3;
/** Version of the schema that packs came with. */
const FIRST_WITH_PACKS = 4;

/**
 * Finds payloads and details, wherever compaction has put them. Everybody who reads rows of `event` asks here: after
 * compaction both columns are null in the row.
 */
export class Contents {
  readonly #packAt: Statement<[number], PackRow> | undefined;
  readonly #blob: Statement<[number], BlobRow> | undefined;
  readonly #packs: Unpacked[] = [];
  #latest: Unpacked | undefined;
  readonly #blobs = new RecentlyUsed<string>(BLOB_CHARACTERS);

  /** @param db may be of an earlier sallyport, in which all texts are in their rows */
  constructor(db: Database) {
    if ((db.pragma('user_version', { simple: true }) as number) < FIRST_WITH_PACKS) return;
    this.#packAt = db.prepare<[number], PackRow>(
      'SELECT first, last, data FROM pack WHERE last >= ? ORDER BY last LIMIT 1',
    );
    this.#blob = db.prepare<[number], BlobRow>('SELECT characters, data FROM blob WHERE id = ?');
  }

  /**
   * The payload; null where there is none, or it was erased.
   *
   * @throws GateError STORE_UNREADABLE: what should have it is damaged
   */
  payload({ position, payload, kept, blob }: KeptPayload): string | null {
    if (payload !== null || kept === null) return payload;
    if (kept === 2) return blob === null ? null : this.#blobText(blob);
    return this.#pack(position)?.payload(position) ?? null;
  }

  /**
   * The facts of the step, as JSON; null where there are none, or they were erased.
   *
   * @throws GateError STORE_UNREADABLE: what should have them is damaged
   */
  detail({ position, detail, kept }: Omit<KeptStep, 'payload' | 'blob'>): string | null {
    if (detail !== null || kept === null) return detail;
    return this.#pack(position)?.detail(position) ?? null;
  }

  /**
   * Both, in less time than one after the other.
   *
   * @throws GateError STORE_UNREADABLE: what should have them is damaged
   */
  texts({ position, detail, payload, kept, blob }: KeptStep): StepTexts {
    if (kept === null) return { detail, payload };
    const packed = this.#pack(position)?.step(position);
    const inBlob = kept === 2 && blob !== null ? this.#blobText(blob) : null;
    return {
      detail: detail ?? packed?.detail ?? null,
      payload: payload ?? (kept === 2 ? inBlob : (packed?.payload ?? null)),
    };
  }

  /** The row, with its texts in their columns. */
  of<Row extends KeptStep>(row: Row): Row {
    return row.kept === null ? row : { ...row, ...this.texts(row) };
  }

  /** Whoever reads on needs the same one again, mostly. */
  #pack(position: number): Pack | undefined {
    const { first, last, pack } = this.#latest ?? { first: 1, last: 0 };
    if (first <= position && position <= last) return pack;
    this.#latest = this.#unpacked(position);
    return this.#latest?.pack;
  }

  #unpacked(position: number): Unpacked | undefined {
    const known = this.#packs.find(({ first, last }) => first <= position && position <= last);
    if (known) return known;
    const row = this.#packAt?.get(position);
    if (!row || row.first > position) return undefined;
    const { first, last, data } = row;
    const pack = read(`the pack of the steps ${first} to ${last}`, () => new Pack(data));
    const unpacked = { first, last, pack };
    this.#packs.push(unpacked);
    if (this.#packs.length > PACKS) this.#packs.shift();
    return unpacked;
  }

  #blobText(id: number): string | null {
    const known = this.#blobs.get(id);
    if (known !== undefined) return known;
    const row = this.#blob?.get(id);
    if (!row) return null;
    const maxOutputLength = Math.max(1, row.characters * WIDEST);
    const text = read(`the blob ${id}`, () =>
      zstdDecompressSync(row.data, { maxOutputLength }).toString(),
    );
    this.#blobs.set(id, text, text.length);
    return text;
  }
}

function read<Result>(what: string, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    throw new GateError('STORE_UNREADABLE', `${what} is damaged: ${messageOf(cause)}`, { cause });
  }
}
