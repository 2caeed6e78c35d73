import type { Approval, ApprovalState } from './approval.ts';

/** Which approvals to list: those that fit everything that is given, the newest first. */
export interface ApprovalQuery {
  readonly states?: readonly ApprovalState[];
  readonly upstream?: string;
  readonly target?: string;
  /** `sub` of the caller. */
  readonly caller?: string;
  /** Only those of the identical call. */
  readonly binding?: string;
  /** Only those that somebody has granted to themselves. */
  readonly breakGlass?: true;
  /** Only grants for calls alike. */
  readonly standing?: true;
  /** Older than this one: its id. Ids sort by when they were made. */
  readonly before?: string;
  readonly limit: number;
}

/** What people are told of an approval. */
export const approvalNews = [
  'asked',
  'granted',
  'denied',
  'expired',
  'cancelled',
  'revoked',
  'used',
  'broke-glass',
] as const;
export type ApprovalNews = (typeof approvalNews)[number];

/** News that a channel has yet to take. */
export interface ApprovalNotice {
  /** Also the key by which a receiver knows that it has had it. */
  readonly id: string;
  readonly approval: string;
  readonly channel: string;
  readonly news: ApprovalNews;
  /** Tries so far. */
  readonly attempts: number;
  /** Not before then; milliseconds since the epoch. */
  readonly due: number;
}

/** How many approvals may be pending. */
export interface ApprovalBounds {
  readonly max: number;
  readonly maxPerCaller: number;
}

/**
 * Keeps approvals. Whatever resolves is durable, and one that is written is written with its notices, or not at all.
 * Every method rejects with GateError APPROVALS_UNAVAILABLE where the store can't be used.
 */
export interface ApprovalStore {
  /**
   * Keeps a new approval, unless there is an open one of its binding: of several gates and calls at once, one does.
   *
   * @returns the one that is there now
   * @throws GateError APPROVALS_FULL
   */
  open(approval: Approval, notices: readonly ApprovalNotice[]): Promise<Approval>;
  /**
   * Puts an approval in place of its former version (`version - 1`). Its call and its binding stay what they were.
   *
   * @returns false where it has another version by now: nothing was changed
   */
  replace(approval: Approval, notices: readonly ApprovalNotice[]): Promise<boolean>;
  get(id: string): Promise<Approval | undefined>;
  /** The open one of a binding. */
  withBinding(binding: string): Promise<Approval | undefined>;
  /** Grants for calls alike that are in force, of a caller (issuer, sub) on one target of an upstream. */
  standing(call: {
    readonly issuer: string;
    readonly sub: string;
    readonly upstream: string;
    readonly method: string;
    readonly target: string;
  }): Promise<readonly Approval[]>;
  list(query: ApprovalQuery): Promise<readonly Approval[]>;
  /** Open ones by state. */
  counts(): Promise<Readonly<Record<'pending' | 'granted', number>>>;
  /** Open ones whose time is over. */
  overdue(now: number, limit: number): Promise<readonly Approval[]>;
  /** When the time of the first open one is over; undefined where none is open. */
  nextEnd(): Promise<number | undefined>;
  /** Takes notices of a channel that are due, the longest due first, so that nobody else takes them before `until`. */
  claim(
    channel: string,
    now: number,
    until: number,
    limit: number,
  ): Promise<readonly ApprovalNotice[]>;
  /** The channel has taken it, or never will. */
  settle(notice: string): Promise<void>;
  /** It is due again, with one more try counted. */
  postpone(notice: string, due: number): Promise<void>;
  /** When the first notice of a channel is due, or may be taken by somebody else; undefined where there is none. */
  nextNotice(channel: string): Promise<number | undefined>;
  /** Forgets some of those that have ended before a time, with their notices; true where there may be more. */
  forget(before: number): Promise<boolean>;
  /** Calls back with the id of each approval that is opened or replaced, by this gate or another one of the store. */
  onChange(listener: (id: string) => void): void;
  close(): Promise<void>;
}
