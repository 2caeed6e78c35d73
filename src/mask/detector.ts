/** A stretch of text, end exclusive, in UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What a text must have for a detector to find anything in it, whatever its field is called. */
export interface Needs {
  /** Characters, at least. */
  readonly length?: number;
  /** ASCII digits, at least. */
  readonly digits?: number;
  /** One of these ASCII characters. */
  readonly characters?: string;
}

/** Detectors that look through a text together. */
export interface DetectorFamily {
  /** False where none of them finds anything, so that they need not be asked one by one. */
  finds(text: string, field?: string): boolean;
}

/** Finds one kind of sensitive value in text, in time linear in its length. */
export interface Detector {
  /** The name in policies and placeholders. */
  readonly name: string;
  /** Left out: any text may have something. */
  readonly needs?: Needs;
  readonly family?: DetectorFamily;
  /**
   * @param field the name of the member that holds the text, or the list that it is in; undefined for other text.
   *   Names inside the text (`ssn: …`) are the detector's to see.
   * @returns spans that don't overlap, in order
   */
  find(text: string, field?: string): readonly Span[];
}
