import { parsePath } from '../../mask/place/path.ts';
import { isList, type Json } from '../../model/json.ts';
import type { TranscriptEvent } from '../../model/transcript.ts';

/** A place in a message. */
export type Place = readonly (string | number)[];

/** Where masks have changed the message that a step has, as its exchange tells; what it can't tell is left out. */
export function maskedPlaces(events: readonly TranscriptEvent[], index: number): Place[] {
  const event = events[index];
  if (event?.payload === undefined) return [];
  const own = placesIn(event.detail?.masked);
  // What was stopped was masked for its reader, whatever was done to it before.
  if (own.length > 0) return own;
  const arrives = event.kind === 'opened' || event.kind === 'received';
  const steps = arrives ? events.slice(index + 1) : events.slice(0, index).reverse();
  const places: Place[] = [];
  for (const { kind, detail } of steps) {
    if (kind === 'masked') places.push(...placesIn(detail?.places));
    else if (ENDS.includes(kind)) break;
  }
  return places;
}

/** What a message has its masks before or after. */
const ENDS: readonly TranscriptEvent['kind'][] = [
  ...(['opened', 'received', 'forwarded'] as const),
  ...(['answered', 'blocked'] as const),
];

function placesIn(value: Json | undefined): Place[] {
  const texts = isList(value) ? value : [];
  return texts.flatMap((text) => {
    const path = typeof text === 'string' ? parsePath(text) : '';
    if (typeof path === 'string') return [];
    // A pattern of places names none in particular.
    const steps = path.filter((step) => typeof step !== 'symbol');
    return steps.length === path.length ? [steps] : [];
  });
}
