/** What somebody who is asked to visit a page answers. */
export type VisitAnswer = 'accept' | 'decline' | 'cancel';

/** What a call can do while it waits for people: its client, as the hold stage sees it. */
export interface Waiting {
  /** Aborted once nobody waits for the call any longer. */
  readonly signal: AbortSignal;
  /** The client's connection is lost, though it may come back. */
  readonly gone: boolean;
  /** The client has taken the call back, or has left; that its connection was lost is neither. */
  readonly givenUp: boolean;
  /** Opens the stream, so that the connection stays alive by comments. */
  open(): void;
  /** Sends the client a message of the gate's own, such as progress. */
  tell(text: string): void;
  /**
   * Asks the client's user to open a page (2025-11-25, elicitation, URL mode); left out where the client can't. Resolves
   * once they have answered; never rejects; undefined where the call ended first.
   *
   * @returns undefined where the client was asked before, as by a call that it makes again
   */
  visit?(page: {
    readonly url: string;
    readonly message: string;
    /** Names the visit, for `notifications/elicitation/complete`. */
    readonly id: string;
  }): Promise<VisitAnswer | undefined> | undefined;
  /** Tells the client that a visit has done what it was for (2025-11-25). */
  visited?(id: string): void;
}
