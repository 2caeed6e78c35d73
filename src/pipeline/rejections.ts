import { type GateError, messageOf } from '../model/errors.ts';
import type { Identity } from '../model/identity.ts';
import type { Clock, Log, Recorder } from '../model/seams.ts';
import type { TranscriptEvent } from '../model/transcript.ts';
import { newId } from './new-id.ts';

/** What is known of something that was refused before it could become an exchange. */
export interface Rejected {
  readonly upstream: string;
  /** The message's method where it could be read, otherwise the HTTP method. */
  readonly method: string;
  readonly identity?: Identity | undefined;
  readonly session?: string | undefined;
  readonly ip?: string | undefined;
  readonly revision: string;
}

/** Records a second in the long run, and how many may come at once: noise from outside must not fill the disk. */
const PER_SECOND = 2;
const BURST = 500;

/** Records what never got as far as the gate: bad frames, tokens, sessions. */
export class Rejections {
  readonly #recorder: Recorder;
  readonly #clock: Clock;
  readonly #log: Log;
  #allowance = BURST;
  #countedAt = 0;
  #skipped = 0;

  constructor(recorder: Recorder, clock: Clock, log: Log) {
    this.#recorder = recorder;
    this.#clock = clock;
    this.#log = log;
  }

  /** Writes an exchange that failed at once. Never throws; beyond the rate it only counts. */
  record(rejected: Rejected, error: GateError): void {
    if (error.code === 'STAGE_FAULT') {
      const fields = {
        code: error.code,
        upstream: rejected.upstream,
        cause: messageOf(error.cause),
      };
      this.#log.error(fields, 'a request failed in the gate');
    }
    if (!this.#allowed()) {
      this.#skipped++;
      return;
    }
    const id = newId();
    const at = this.#clock();
    const { upstream, method, identity, session, ip, revision } = rejected;
    const skipped = this.#skipped === 0 ? {} : { unrecorded_before: this.#skipped };
    this.#skipped = 0;
    const detail = { code: error.code, message: error.message, ...(ip ? { ip } : {}), ...skipped };
    const event = (seq: number, kind: TranscriptEvent['kind'], facts?: typeof detail) => {
      return { exchange: id, seq, at, kind, revision, ...(facts ? { detail: facts } : {}) };
    };
    const head = {
      ...{ id, openedAt: at, upstream, method, revision },
      ...(session === undefined ? {} : { session }),
      ...(ip === undefined ? {} : { ip }),
      ...(identity ? { sub: identity.sub, issuer: identity.issuer } : {}),
    };
    const batch = {
      opened: [head],
      events: [event(0, 'opened'), event(1, 'failed', detail), event(2, 'closed')],
      closed: [{ id, closedAt: at, outcome: 'failed' as const }],
    };
    this.#recorder.append(batch).catch((cause) => {
      const fields = { code: 'STORE_UNAVAILABLE', cause: messageOf(cause) };
      this.#log.error(fields, 'a refused request could not be recorded');
    });
  }

  /** A token bucket. */
  #allowed(): boolean {
    const now = this.#clock();
    const refill = ((now - this.#countedAt) / 1_000) * PER_SECOND;
    this.#allowance = Math.min(BURST, this.#allowance + Math.max(0, refill));
    this.#countedAt = now;
    if (this.#allowance < 1) return false;
    this.#allowance--;
    return true;
  }
}
