import type { Authenticator } from '../auth/contract.ts';
import type { Config } from '../config/schema.ts';
import type { Clock, Log } from '../model/seams.ts';

export interface DaemonOptions {
  readonly config: Config;
  /** Folder that relative paths of the configuration start from. */
  readonly base: string;
  /** Who tells callers apart; it is asked for once the address is known. */
  readonly authenticator: (publicUrl: () => string, clock: Clock) => Authenticator;
  readonly log: Log;
}

/** Of the machine, and never going back while the process lives. */
export const clock: Clock = () => performance.timeOrigin + performance.now();
