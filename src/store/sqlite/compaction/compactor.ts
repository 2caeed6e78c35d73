import type { Database } from 'better-sqlite3';
import { Progress } from '../upkeep/progress.ts';
import { BlobRows, type NewBlob } from './blob-rows.ts';
import { EventRows, type TextRow } from './event-rows.ts';
import { packed } from './pack.ts';
import { type NewPack, PackRows } from './pack-rows.ts';

/** Characters of texts, and steps, that are moved at a time: what makes one pack. */
const PACK = 65_536;
const STEPS = 256;
/** Payloads of so many characters are kept alone, once for all steps that have the same. */
const BLOB = 4_096;
/** Steps of the future, after a clock was set back, don't wait until it is there again; milliseconds. */
const FUTURE = 60_000;

/** What becomes of some rows. */
interface Moved {
  readonly rows: readonly TextRow[];
  readonly pack: NewPack | undefined;
  /** By position. */
  readonly blobs: ReadonlyMap<number, NewBlob>;
}

/** Moves the texts of steps into packs and blobs. */
export class Compactor {
  readonly #proved;
  readonly #progress: Progress;
  readonly #events: EventRows;
  readonly #packs: PackRows;
  readonly #blobs: BlobRows;
  readonly #write: (moved: Moved) => void;

  /** @param isProved only what is in signed blocks is moved */
  constructor(db: Database, { isProved }: { readonly isProved: boolean }) {
    this.#proved = db
      .prepare<[], number | null>(
        isProved ? 'SELECT max(last) FROM block' : 'SELECT max(position) FROM event',
      )
      .pluck();
    this.#progress = new Progress(db, 'compact');
    this.#events = new EventRows(db);
    this.#packs = new PackRows(db);
    this.#blobs = new BlobRows(db);
    const write = db.transaction((moved: Moved) => this.#replace(moved));
    this.#write = (moved) => write.immediate(moved);
  }

  /**
   * Moves the texts of one pack, once there are so many.
   *
   * @param now milliseconds since the epoch
   * @param age of what is moved at least, in milliseconds
   * @returns whether there may be more
   */
  step(now: number, age: number): boolean {
    const rows = this.#next(now, age);
    if (!rows) return false;
    const texts = rows.flatMap(packedTexts);
    const [first, last] = endsOf(texts);
    const pack = texts.length === 0 ? undefined : { first, last, ...packed(texts) };
    const blobs = new Map(
      rows.filter(isLarge).map((row) => [row.position, this.#blobs.prepare(row.payload)]),
    );
    this.#events.take(...endsOf(rows));
    this.#write({ rows, pack, blobs });
    return true;
  }

  /** When the oldest step came that is not moved yet; undefined where there is none. */
  oldest(): number | undefined {
    return this.#events.timeAfter(this.#progress.get());
  }

  /** The rows that come next; undefined while they don't make a pack. */
  #next(now: number, age: number): readonly TextRow[] | undefined {
    const rows: TextRow[] = [];
    let characters = 0;
    for (const row of this.#events.between(this.#progress.get() + 1, this.#proved.get() ?? 0)) {
      if (row.at > now - age && row.at < now + FUTURE) break;
      rows.push(row);
      characters += (row.detail?.length ?? 0) + (row.payload?.length ?? 0);
      if (characters >= PACK || rows.length === STEPS) return rows;
    }
    return undefined;
  }

  #replace({ rows, pack, blobs }: Moved): void {
    // Some of it was erased or removed since it was read: the next step reads it again.
    if (!this.#events.areAsRead(rows)) return;
    const [first, last] = endsOf(rows);
    if (pack) this.#packs.add(pack);
    if (pack || blobs.size > 0) {
      const ids = [...blobs].map(([position, blob]) => [position, this.#blobs.add(blob)] as const);
      this.#events.replace(first, last, new Map(ids));
    }
    this.#progress.set(last);
  }
}

function endsOf(rows: readonly { readonly position: number }[]): [first: number, last: number] {
  return [rows[0]?.position ?? 0, rows.at(-1)?.position ?? 0];
}

/** What of a row goes into the pack. */
function packedTexts(row: TextRow) {
  const { position, detail, kept } = row;
  const payload = isLarge(row) ? null : row.payload;
  const hasNone = kept !== null || (detail === null && payload === null);
  return hasNone ? [] : [{ position, detail, payload }];
}

function isLarge(row: TextRow): row is TextRow & { readonly payload: string } {
  return row.kept === null && row.payload !== null && row.payload.length >= BLOB;
}
