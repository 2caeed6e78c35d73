import type { IdentityFacts } from '../model/identity.ts';
import { isObject, type JsonObject, parseJson } from '../model/json.ts';
import type { ExchangeRecord, TranscriptEvent } from '../model/transcript.ts';

/** An exchange as a transcript has it. */
export interface Recorded {
  readonly record: ExchangeRecord;
  readonly events: readonly TranscriptEvent[];
  /** What the caller's token said; left out where the transcript has it not. */
  readonly identity?: IdentityFacts;
  /** What a digest stands for that a step names: a tool's, a client's. Left out: nobody knows. */
  readonly fact?: (digest: string) => JsonObject | undefined;
}

/** A recorded message; undefined where its text is missing or cut. */
export function messageIn(payload: string | undefined): JsonObject | undefined {
  if (payload === undefined) return undefined;
  try {
    const message = parseJson(payload);
    return isObject(message) ? message : undefined;
  } catch {
    return undefined;
  }
}
