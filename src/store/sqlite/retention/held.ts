/** What is not to be removed yet. */
export interface Held {
  /** Everything behind this position is held. */
  readonly after: number;
  /** Unless it is as old as this (milliseconds since the epoch), or there is more than this (bytes). */
  readonly limit: number;
}

export const NOTHING_HELD: Held = {
  after: Number.MAX_SAFE_INTEGER,
  limit: Number.MAX_SAFE_INTEGER,
};

/** What came of a look. */
export interface Looked {
  /** Something is removed, and there may be more. */
  readonly found: boolean;
  /** Up to here something would have been removed, were it not held; undefined where nothing is. */
  readonly wanted?: number | undefined;
}
