import type { ErrorCode } from '../../../model/errors.ts';
import type { TranscriptsAside } from '../../contract.ts';

/** What the reading thread can be asked. */
export type Question = Exclude<keyof TranscriptsAside, 'close'>;

export interface ReadingRequest {
  readonly id: number;
  readonly question: Question;
  readonly given: readonly unknown[];
}

/** Plain data of an error: those of a class lose it between threads. */
export interface ReadingFailure {
  /** Left out: no error of the gate. */
  readonly code?: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

export interface ReadingAnswer {
  readonly id: number;
  readonly answer?: unknown;
  readonly failure?: ReadingFailure;
}
