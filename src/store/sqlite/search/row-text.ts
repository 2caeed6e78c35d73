import type { EventKind, TranscriptEvent } from '../../../model/transcript.ts';
import { isTold } from '../../search/is-told.ts';
import { stepText } from '../../search/step-text.ts';
import type { Contents, KeptStep } from '../contents.ts';

/** The columns of a step that its text comes from. */
export interface TextRow extends KeptStep {
  readonly kind: EventKind;
}

/** What a search reads of a step; a database from before there was compaction has no contents elsewhere. */
export function rowText(row: TextRow, contents: Contents | undefined): string {
  const { kind } = row;
  const payload = contents ? contents.payload(row) : row.payload;
  const detail = isTold(kind) ? factsOf(row, contents) : undefined;
  return stepText({
    kind,
    ...(detail ? { detail } : {}),
    ...(payload === null ? {} : { payload }),
  });
}

/** To parse them takes longer than to index a short text, so only those that are read are. */
function factsOf(row: TextRow, contents: Contents | undefined): TranscriptEvent['detail'] {
  const facts = contents ? contents.detail(row) : row.detail;
  return facts === null ? undefined : (JSON.parse(facts) as TranscriptEvent['detail']);
}
