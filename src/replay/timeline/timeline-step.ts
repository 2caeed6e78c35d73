import type { ExchangeRecord, TranscriptEvent } from '../../model/transcript.ts';

/** A step as a reader gives it. */
export interface ToldEvent extends TranscriptEvent {
  /** It has an original that nobody has asked for, or that the keys at hand don't open. */
  readonly sealed?: true;
  /** It said something, which was erased. */
  readonly erased?: true;
}

/** An exchange with its steps. */
export interface Told {
  readonly record: ExchangeRecord;
  readonly events: readonly ToldEvent[];
}

/** An exchange as a part of a timeline. */
export interface Chapter extends Told {
  /** Its place in the timeline; from 1. */
  readonly number: number;
  /** The number of the call of its session that was open when it began, where it is no call itself. */
  readonly during?: number;
}

/** One step, in the order in which the steps of all exchanges came. */
export interface TimelineStep {
  readonly chapter: Chapter;
  /** Which of the chapter's events it is. */
  readonly index: number;
  readonly event: ToldEvent;
  /** Milliseconds since the step before, whichever exchange that was of. */
  readonly gap: number;
}
