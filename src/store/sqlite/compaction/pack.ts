import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** The texts of one step, as they are kept together with those of others. */
export interface PackedStep {
  readonly position: number;
  readonly detail: string | null;
  readonly payload: string | null;
}

/** Where the texts of a step are in the unpacked bytes; -1 bytes where there is no text. */
interface Place {
  readonly from: number;
  readonly detail: number;
  readonly payload: number;
}

/** A pack that is larger than this was not made by a gate. Bytes. */
const MAX_UNPACKED = 67_108_864;

/** Texts of many steps, unpacked. */
export class Pack {
  readonly #bytes: Buffer;
  readonly #places: ReadonlyMap<number, Place>;

  /** Throws where the bytes are no pack. */
  constructor(data: Uint8Array) {
    this.#bytes = zstdDecompressSync(data, { maxOutputLength: MAX_UNPACKED });
    const end = this.#bytes.indexOf(0x0a);
    this.#places = placesOf(this.#bytes.toString('utf8', 0, end), end + 1);
  }

  get positions(): number[] {
    return [...this.#places.keys()];
  }

  /** The texts of a step; undefined where the pack has none. */
  step(position: number): PackedStep | undefined {
    const place = this.#places.get(position);
    return place && { position, detail: this.#detail(place), payload: this.#payload(place) };
  }

  /** The facts of a step alone. */
  detail(position: number): string | null {
    const place = this.#places.get(position);
    return place ? this.#detail(place) : null;
  }

  /** The payload of a step alone. */
  payload(position: number): string | null {
    const place = this.#places.get(position);
    return place ? this.#payload(place) : null;
  }

  #detail({ from, detail }: Place): string | null {
    return detail < 0 ? null : this.#bytes.toString('utf8', from, from + detail);
  }

  #payload({ from, detail, payload }: Place): string | null {
    const begin = from + Math.max(detail, 0);
    return payload < 0 ? null : this.#bytes.toString('utf8', begin, begin + payload);
  }
}

/**
 * Packs the texts of steps: zstd (RFC 8878) of a line of JSON, which has [position, bytes of detail, bytes of payload]
 * of each step, null where there is no text, and then of all these texts in UTF-8.
 */
export function packed(steps: readonly PackedStep[]): { data: Buffer; bytes: number } {
  const texts = steps.map(({ detail, payload }) => [bytesOf(detail), bytesOf(payload)] as const);
  const table = steps.map(({ position }, index) => {
    const [detail, payload] = texts[index] ?? [null, null];
    return [position, detail?.length ?? null, payload?.length ?? null];
  });
  const bodies = texts.flat().filter((text) => text !== null);
  const whole = Buffer.concat([Buffer.from(`${JSON.stringify(table)}\n`), ...bodies]);
  const bytes = bodies.reduce((sum, { length }) => sum + length, 0);
  return { data: zstdCompressSync(whole), bytes };
}

function bytesOf(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text);
}

function placesOf(table: string, start: number): ReadonlyMap<number, Place> {
  const rows = JSON.parse(table) as readonly (readonly (number | null)[])[];
  const places = new Map<number, Place>();
  let from = start;
  for (const [position, detail, payload] of rows) {
    places.set(position ?? 0, { from, detail: detail ?? -1, payload: payload ?? -1 });
    from += (detail ?? 0) + (payload ?? 0);
  }
  return places;
}
