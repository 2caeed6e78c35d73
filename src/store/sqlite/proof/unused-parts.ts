/** Where pages are in a database file, and what of each can be used (SQLite, "Database File Format", section 1.3). */
export interface PageFormat {
  /** Bytes of a page. */
  readonly size: number;
  /** Bytes at the end of each page that are not SQLite's. */
  readonly reserved: number;
  /** Whether there are pages that say where others are used (section 1.8). */
  readonly hasPointerMap: boolean;
}

/** First bytes of pages of tables and indexes, and bytes of their headers (section 1.6). */
const INTERIOR_INDEX = 2;
const INTERIOR_TABLE = 5;
const LEAF_INDEX = 10;
const LEAF_TABLE = 13;
const INTERIOR_HEADER = 12;
const LEAF_HEADER = 8;
/** Of a free block. */
const BLOCK_HEADER = 4;
/** The header of the file, before that of its first page. */
const FILE_HEADER = 100;
/** The page with this byte is never used (section 1.10). */
const LOCKED = 1_073_741_824;
/** Bytes of an entry of a pointer map. */
const POINTER = 5;

/**
 * Pages from this one on can't be told apart by their first byte: that of a page of a long text is the first byte of the
 * number of the next one.
 */
export const FIRST_UNSURE = 2 ** 25;

/** Bytes of a page, by their offsets. */
export interface PagePart {
  readonly from: number;
  readonly to: number;
}

/**
 * The parts of a page with nothing that counts: its middle, between the pointers and the cells, and blocks between cells
 * that are free (section 1.6), but for what says how long these are. None where the page is of another kind.
 *
 * @param number of the page, from 1
 */
export function unusedParts(page: Buffer, number: number, format: PageFormat): PagePart[] {
  const usable = format.size - format.reserved;
  if (number >= FIRST_UNSURE || isOther(number, usable, format)) return [];
  const header = number === 1 ? FILE_HEADER : 0;
  const bytes = headerBytes(page[header]);
  if (bytes === undefined) return [];
  const from = header + bytes + 2 * page.readUInt16BE(header + 3);
  // The largest page has one byte more than the number can say.
  const to = page.readUInt16BE(header + 5) || 65_536;
  if (from > to || to > usable) return [];
  return [{ from, to }, ...freeBlocks(page, page.readUInt16BE(header + 1), to, usable)];
}

/** Each has the offset of the next one, and its length. */
function freeBlocks(page: Buffer, first: number, begin: number, usable: number): PagePart[] {
  const blocks: PagePart[] = [];
  let end = begin;
  for (let at = first; at !== 0; at = page.readUInt16BE(at)) {
    // They are in order; where they are not, the page is damaged, and is left as it is.
    if (at < end || at + BLOCK_HEADER > usable) return [];
    end = at + page.readUInt16BE(at + 2);
    if (end < at + BLOCK_HEADER || end > usable) return [];
    blocks.push({ from: at + BLOCK_HEADER, to: end });
  }
  return blocks;
}

function headerBytes(kind: number | undefined): number | undefined {
  if (kind === LEAF_INDEX || kind === LEAF_TABLE) return LEAF_HEADER;
  return kind === INTERIOR_INDEX || kind === INTERIOR_TABLE ? INTERIOR_HEADER : undefined;
}

/** Pointer maps are at fixed places: one, then the pages that it tells of. */
function isOther(number: number, usable: number, { size, hasPointerMap }: PageFormat): boolean {
  if (number === LOCKED / size + 1) return true;
  if (!hasPointerMap || number < 2) return false;
  return (number - 2) % (Math.floor(usable / POINTER) + 1) === 0;
}
