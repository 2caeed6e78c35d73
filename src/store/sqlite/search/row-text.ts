import type { EventKind, TranscriptEvent } from '../../../model/transcript.ts';
import { stepText } from '../../search/step-text.ts';
import type { Contents, KeptPayload } from '../contents.ts';

/** The columns of a step that its text comes from. */
export interface TextRow extends KeptPayload {
  readonly kind: EventKind;
  readonly detail: string | null;
}

/** What a search reads of a step; a database from before there was compaction has no contents elsewhere. */
export function rowText(row: TextRow, contents: Contents | undefined): string {
  const { kind, detail } = row;
  const payload = contents ? contents.payload(row) : row.payload;
  const facts = detail === null ? undefined : (JSON.parse(detail) as TranscriptEvent['detail']);
  return stepText({
    kind,
    ...(facts ? { detail: facts } : {}),
    ...(payload === null ? {} : { payload }),
  });
}
