import type { TranscriptEvent } from '../../model/transcript.ts';
import { maskNotes } from '../mask-notes.ts';

/** What a reader should notice a step for, if anything. */
export type Tone = 'plain' | 'masked' | 'held' | 'blocked' | 'failed';

/** How a step, or with it its whole exchange, stands out. */
export function toneOf(event: TranscriptEvent): Tone {
  const { kind, detail } = event;
  switch (kind) {
    case 'blocked':
      return 'blocked';
    case 'failed':
      return 'failed';
    case 'held':
    case 'resolved':
      return 'held';
    case 'masked':
      // What the gate takes off by itself, such as what is pruned of a list, is no mask of a rule's.
      return maskNotes(event).some(({ rule }) => rule !== undefined) ? 'masked' : 'plain';
    case 'decided':
      if (detail?.effect === 'block') return 'blocked';
      return detail?.effect === 'approve' ? 'held' : 'plain';
    case 'opened':
    case 'received':
    case 'forwarded':
    case 'answered':
    case 'closed':
      return 'plain';
  }
}
