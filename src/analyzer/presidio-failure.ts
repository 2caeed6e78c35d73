import { GateError } from '../model/errors.ts';

/** Why texts could not be analyzed. */
export interface AnalyzerFailure {
  readonly error: GateError;
  /** False where nobody answered, or only what stands before an analyzer that is not there. */
  readonly answered: boolean;
}

/** Statuses that say: not now. */
const BUSY = [429, 502, 503, 504];
const TIMEOUTS = ['TimeoutError', 'ConnectTimeoutError', 'HeadersTimeoutError', 'BodyTimeoutError'];

/** An answer with a status that is no success. */
export class UnexpectedAnswer extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the analyzer answered with status ${status}`);
    this.name = 'UnexpectedAnswer';
    this.status = status;
  }
}

/** What anything thrown while an analyzer was asked means. Its message never holds what was asked. */
export function failureOf(error: unknown): AnalyzerFailure {
  if (error instanceof GateError) return { error, answered: true };
  if (error instanceof UnexpectedAnswer) {
    const answered = !BUSY.includes(error.status);
    const code = answered ? 'ANALYZER_INVALID' : 'ANALYZER_UNAVAILABLE';
    return { error: new GateError(code, error.message), answered };
  }
  const name = error instanceof Error ? error.name : '';
  if (TIMEOUTS.includes(name)) {
    const message = 'the analyzer did not answer in time';
    return { error: new GateError('ANALYZER_TIMEOUT', message), answered: false };
  }
  const message = `the analyzer cannot be reached: ${networkReason(error)}`;
  return { error: new GateError('ANALYZER_UNAVAILABLE', message), answered: false };
}

function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
