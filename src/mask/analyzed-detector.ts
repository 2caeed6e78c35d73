import type { Detector, Span } from './detector.ts';

/** A letter, a digit, or what stands for one in another script. */
const WORD_CHARACTER = /[\p{L}\p{N}]/u;
const NOTHING: readonly Span[] = [];

/** True of text that an analyzer is asked about: anything may be a name, only not punctuation alone. */
export function isAnalyzable(text: string): boolean {
  return WORD_CHARACTER.test(text);
}

/**
 * A detector that knows what an analyzer has found in texts, and nothing of others. So it is plain data for whoever has
 * to hand it to another thread: a name and a map.
 */
export class AnalyzedDetector implements Detector {
  readonly name: string;
  readonly findings: ReadonlyMap<string, readonly Span[]>;
  readonly #missing: ((text: string) => void) | undefined;

  /**
   * @param findings spans by text
   * @param missing is told of each text that was not analyzed; left out: such a text is an error, for what was not
   *   analyzed can't be masked
   */
  constructor(
    name: string,
    findings: ReadonlyMap<string, readonly Span[]>,
    missing?: (text: string) => void,
  ) {
    this.name = name;
    this.findings = findings;
    this.#missing = missing;
  }

  /** @throws Error the text was not analyzed, and nobody is to be told of it */
  find(text: string): readonly Span[] {
    const known = this.findings.get(text);
    if (known) return known;
    if (!isAnalyzable(text)) return NOTHING;
    if (!this.#missing) throw new Error(`a text was not analyzed for ${this.name}`);
    this.#missing(text);
    return NOTHING;
  }
}
