import type { TranscriptEvent } from '../model/transcript.ts';
import type { HiddenPlace } from '../policy/explain/explain-hidden.ts';
import type { Value } from '../policy/subject.ts';
import { leavesNoShape, maskedPlaces, movedPlaces, namedPlaces } from './hidden-places.ts';
import { maskNotes } from './mask-notes.ts';

/** A part of a message, and where it stands in what policy is asked. */
export interface HiddenPart {
  readonly at: HiddenPlace;
  readonly root: HiddenPlace;
  readonly value: Value;
  /** True where places may not be where they were when they were named. */
  readonly moved?: boolean;
}

/** What masks have changed of one side, as the transcript says; where it doesn't say all, what looks like it too. */
export function hiddenIn(
  events: readonly TranscriptEvent[],
  side: 'up' | 'down',
  event: TranscriptEvent,
  parts: readonly HiddenPart[],
): readonly HiddenPlace[] {
  const sent = events.findIndex(({ kind }) => kind === 'forwarded');
  const middle = sent < 0 ? events.length : sent;
  const half = side === 'up' ? events.slice(0, middle) : events.slice(middle);
  const named = namedPlaces(event, half);
  const byShape = named ? !named.all : half.some(mayBeMasked);
  return parts.flatMap(({ at, root, value, moved = false }) => {
    if (typeof value === 'symbol') return [];
    const said = movedPlaces(named?.places ?? [], at, root);
    if (!byShape && !(named && moved)) return said;
    // What a shape can't tell may be anywhere.
    return half.some(leavesNoShape) ? [root] : [...said, ...maskedPlaces(value, root)];
  });
}

/** False where no step says that a mask may have changed something. */
export function wasMasked(events: readonly TranscriptEvent[]): boolean {
  return events.some(({ kind }) => kind === 'masked' || kind === 'blocked' || kind === 'failed');
}

/** A mask was noted, or the message went nowhere. */
function mayBeMasked(event: TranscriptEvent): boolean {
  const { kind } = event;
  return (
    kind === 'blocked' ||
    kind === 'failed' ||
    maskNotes(event).some(({ rule }) => rule !== undefined)
  );
}
