import type { Limiter } from '../model/seams.ts';

/** Keeps what limits count. */
export interface LimitsStore extends Limiter {
  /** Waits for takes that are under way, then closes. Later takes reject. */
  close(): Promise<void>;
}
