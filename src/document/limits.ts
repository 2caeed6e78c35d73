/**
 * Bounds on one file, so that its size, its nesting and its aliases can't exhaust the daemon. Values that an alias
 * repeats count each time.
 */
export const documentLimits = {
  bytes: 1_048_576,
  documents: 1_000,
  nodes: 250_000,
  depth: 64,
} as const;
