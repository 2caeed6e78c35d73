import type { ExportOrigin, ExportRecord } from '../../replay/export/export-record.ts';
import type { Format } from '../../replay/export/format.ts';
import type { TextTarget } from './text-target.ts';

/** Records, and characters of them, that are written at a time. */
const MOST = { records: 500, characters: 1_048_576 };

/** Writes records in a format. */
export class ExportWriter {
  /** So many were written. */
  records = 0;
  readonly #format: Format;
  readonly #origin: ExportOrigin;
  readonly #target: TextTarget;
  #lines: string[] = [];
  #characters = 0;

  constructor(format: Format, origin: ExportOrigin, target: TextTarget) {
    this.#format = format;
    this.#origin = origin;
    this.#target = target;
  }

  /** @param record undefined is none */
  async write(record: ExportRecord | undefined): Promise<void> {
    if (!record) return;
    const line = this.#format.line(record, this.#origin);
    this.#lines.push(line);
    this.#characters += line.length;
    this.records++;
    const isFull = this.#lines.length >= MOST.records || this.#characters >= MOST.characters;
    if (isFull) await this.flush();
  }

  /** Writes what there is. */
  async flush(): Promise<void> {
    const text = this.#format.body(this.#lines, this.#origin);
    this.#lines = [];
    this.#characters = 0;
    await this.#target.write(text);
  }
}
