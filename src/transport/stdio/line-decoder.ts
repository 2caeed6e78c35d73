const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** A larger buffer is given back once its line is over. */
const KEPT_CAPACITY = 65_536;

/**
 * Cuts a stream of bytes into lines that end with LF or CRLF, wherever its chunks are cut. It never holds more than
 * the limit. A yielded line is valid until the next one is asked for.
 */
export class LineDecoder {
  readonly #limit: number;
  readonly #onTooLong: (start: Uint8Array) => void;
  #held = Buffer.alloc(0);
  #length = 0;
  #skipping = false;

  /**
   * @param limit bytes of a line, without its end
   * @param onTooLong hears of each line that is longer, with bytes of its beginning
   */
  constructor(limit: number, onTooLong: (start: Uint8Array) => void) {
    this.#limit = limit;
    this.#onTooLong = onTooLong;
  }

  /** The lines that a chunk completes; empty ones are left out. */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const line = this.#complete(chunk.subarray(start, end));
      start = end + 1;
      if (line && line.byteLength > 0) yield line;
    }
    if (start < chunk.byteLength) this.#hold(chunk.subarray(start));
  }

  /** The last line, where the stream ended without a line end. */
  *end(): Generator<Uint8Array> {
    const line = this.#complete(new Uint8Array());
    if (line && line.byteLength > 0) yield line;
  }

  #complete(tail: Uint8Array): Uint8Array | undefined {
    if (!this.#skipping && this.#length === 0 && tail.byteLength <= this.#limit) {
      return withoutReturn(tail);
    }
    this.#hold(tail);
    const line = this.#skipping ? undefined : this.#held.subarray(0, this.#length);
    this.#forget();
    this.#skipping = false;
    return line && withoutReturn(line);
  }

  #hold(part: Uint8Array): void {
    if (this.#skipping) return;
    const length = this.#length + part.byteLength;
    if (length > this.#limit) {
      const start = this.#length > 0 ? this.#held.subarray(0, this.#length) : part;
      this.#onTooLong(start.subarray(0, this.#limit));
      this.#forget();
      this.#skipping = true;
      return;
    }
    this.#reserve(length);
    this.#held.set(part, this.#length);
    this.#length = length;
  }

  /** One buffer that doubles: a list of parts would cost far more than the limit where each is a byte. */
  #reserve(length: number): void {
    if (length <= this.#held.byteLength) return;
    const capacity = Math.min(Math.max(length, 2 * this.#held.byteLength, 1_024), this.#limit);
    const larger = Buffer.allocUnsafeSlow(capacity);
    this.#held.copy(larger, 0, 0, this.#length);
    this.#held = larger;
  }

  #forget(): void {
    this.#length = 0;
    if (this.#held.byteLength > KEPT_CAPACITY) this.#held = Buffer.alloc(0);
  }
}

function withoutReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
