import type { Approval, ApprovalPerson } from '../../model/approval.ts';
import { GateError, messageOf } from '../../model/errors.ts';
import type { Clock, Log, Recorder } from '../../model/seams.ts';
import type { TranscriptBatch } from '../../model/transcript.ts';
import { type StepName, StepRecord } from './step-record.ts';

export interface StepJournalOptions {
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly log: Log;
  readonly revision: () => string;
  /** {@link StepJournal.require} rejects where nothing can be written; left out: true. */
  readonly required?: boolean;
}

/** Writes the transcripts of steps that no call takes. */
export class StepJournal {
  readonly #options: StepJournalOptions;

  constructor(options: StepJournalOptions) {
    this.#options = options;
  }

  /** Begins the transcript of a step; nothing is written yet. */
  begin(name: StepName, approval: Approval, by?: ApprovalPerson, via?: string): StepRecord {
    const { clock, revision } = this.#options;
    return new StepRecord({ name, approval, by, via, clock, revision: revision() });
  }

  /** Records what may only happen once that is written. @throws GateError STORE_UNAVAILABLE */
  async require(batch: TranscriptBatch): Promise<void> {
    const cause = await this.#write(batch);
    if (cause === undefined || this.#options.required === false) return;
    throw new GateError('STORE_UNAVAILABLE', 'the decision could not be recorded', { cause });
  }

  /** Records what has happened, whether or not that can be. */
  async note(batch: TranscriptBatch): Promise<void> {
    await this.#write(batch);
  }

  /** @returns why it could not be written */
  async #write(batch: TranscriptBatch): Promise<unknown> {
    try {
      await this.#options.recorder.append(batch);
      return undefined;
    } catch (error) {
      const fields = { code: 'STORE_UNAVAILABLE', cause: messageOf(error) };
      this.#options.log.error(fields, 'a step of an approval could not be recorded');
      return error ?? fields;
    }
  }
}
