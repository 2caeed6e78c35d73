import type { TranscriptEvent } from '../model/transcript.ts';
import { type MaskNote, maskNotes, notedTokens } from './mask-notes.ts';

/** A message of somebody's as a transcript has it, and what became of it. */
export interface RecordedMessage {
  readonly direction: 'up' | 'down';
  /** False where it was stopped, or nothing says that it went on. */
  readonly left: boolean;
  /** Only its beginning was kept. */
  readonly cut: boolean;
  /** It answers the request that began the exchange. */
  readonly answers: boolean;
  readonly text: string;
  /** What masks have done to it. */
  readonly masks: readonly MaskNote[];
  /** Tokens that the exchange names. */
  readonly tokens: ReadonlySet<string>;
}

/** Every message of an exchange whose text was kept, in order; what the gate itself answered is none. */
export function recordedMessages(events: readonly TranscriptEvent[]): RecordedMessage[] {
  const messages: RecordedMessage[] = [];
  const tokens = new Set(events.flatMap(notedTokens));
  let masks: MaskNote[] = [];
  for (const [index, event] of events.entries()) {
    const { kind, detail } = event;
    const arrives = kind === 'opened' || kind === 'received';
    if (arrives) masks = [];
    masks.push(...maskNotes(event));
    const text = textIn(event);
    if (arrives && text) {
      const { left, notes } = whatFollows(events, index);
      const direction = detail?.direction === 'down' ? 'down' : 'up';
      const answers = direction === 'down' && isAnswer(detail?.kind);
      messages.push({ ...text, direction, left, answers, masks: notes, tokens });
    }
    if (kind === 'forwarded' || kind === 'answered') {
      const answers = kind === 'answered';
      if (text) messages.push({ ...text, direction: 'down', left: true, answers, masks, tokens });
      masks = [];
    }
  }
  return messages;
}

/** What became of a message that has come: it went on unless something else came, or it was stopped. */
function whatFollows(
  events: readonly TranscriptEvent[],
  index: number,
): { readonly left: boolean; readonly notes: MaskNote[] } {
  const notes: MaskNote[] = [];
  for (const event of events.slice(index + 1)) {
    const { kind, payload, detail } = event;
    if (kind === 'opened' || kind === 'received' || kind === 'blocked') break;
    notes.push(...maskNotes(event));
    // What the gate says in the caller's name is a step as well.
    if (kind === 'forwarded' && payload === undefined && detail?.by === undefined) {
      return { left: true, notes };
    }
  }
  return { left: false, notes };
}

/** What left is what may be read of it. Of what was cut, or not kept at all, only the original has the rest. */
function textIn(event: TranscriptEvent): Pick<RecordedMessage, 'text' | 'cut'> | undefined {
  const { payload } = event;
  if (payload !== undefined && !isCut(event)) return { text: payload, cut: false };
  const { original } = event;
  if (original !== undefined) return { text: original, cut: false };
  return payload === undefined ? undefined : { text: payload, cut: true };
}

function isCut({ detail }: TranscriptEvent): boolean {
  return detail?.characters !== undefined;
}

function isAnswer(kind: unknown): boolean {
  return kind === 'result' || kind === 'error';
}
