import type { StepsPage, StoredEvent, TranscriptReader } from '../contract.ts';

/** Steps that a page has, and characters of payloads after which it ends. */
const STEPS = 200;
const CHARACTERS = 4_000_000;
/** Steps that are read at a time, so that few of them can be large. */
const BATCH = 16;

/** Steps of an exchange behind one of them, as many as are not too large together, and at least one. */
export function stepsPage(
  reader: Pick<TranscriptReader, 'stepsAfter'>,
  exchange: string,
  seq: number,
): StepsPage {
  const steps: StoredEvent[] = [];
  let characters = 0;
  for (let at = seq; ; ) {
    const batch = reader.stepsAfter(exchange, at, BATCH);
    for (const step of batch) {
      characters += step.payload?.length ?? 0;
      if (steps.length > 0 && (characters > CHARACTERS || steps.length === STEPS)) {
        return { steps, next: steps.at(-1)?.seq ?? at };
      }
      steps.push(step);
    }
    at = batch.at(-1)?.seq ?? at;
    if (batch.length < BATCH) return { steps };
  }
}
