/** A stretch of text, end exclusive, in UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Finds one kind of sensitive value in text, in time linear in its length. */
export interface Detector {
  /** The name in policies and placeholders. */
  readonly name: string;
  find(text: string): readonly Span[];
}
