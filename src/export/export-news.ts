/**
 * `free`: it would remove none of them yet. `waits`: it would remove some, and keeps them. `removes`: it has kept them
 * for as long as it may, and removes some.
 */
export type RetentionStanding = 'free' | 'waits' | 'removes';

/** How an export is doing. Plain data, for the thread that tells of it. */
export interface ExportFigures {
  readonly name: string;
  /** Records that were taken since the start. */
  readonly sent: number;
  /** Tries that failed. */
  readonly failed: number;
  /** Steps that retention removed before they could be exported. */
  readonly missed: number;
  /** Steps that are still to come. */
  readonly behind: number;
  /** When the oldest of them was recorded, in milliseconds since the epoch; undefined where there is none. */
  readonly oldest?: number;
  /** The last try failed. */
  readonly failing: boolean;
  /** What retention does with steps that are still to come. */
  readonly retention: RetentionStanding;
}

/** What an export tells. */
export type ExportNews =
  | { readonly figures: ExportFigures }
  | {
      readonly log: 'info' | 'warn' | 'error';
      readonly fields: object;
      readonly message: string;
    };
