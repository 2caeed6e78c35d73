import type { PolicySet } from '../policy/policy-set.ts';

/** What an exchange is judged by from its beginning to its end. A reload makes a new one and swaps a pointer. */
export interface Snapshot {
  /** Absent until policies have loaded for the first time; then nothing passes. */
  readonly policies?: PolicySet;
  readonly revision: string;
}

export const NO_POLICIES: Snapshot = { revision: 'none' };
