import { isDeepStrictEqual } from 'node:util';
import type { MessagePart } from './message-part.ts';
import type { MessageView } from './message-view.ts';

/** The parts of an original that the message which was kept says otherwise, or not at all. */
export function cameAs(kept: MessageView | undefined, original: MessageView): MessagePart[] {
  if (!kept) return [...titled(original), ...original.parts];
  const known = new Map(kept.parts.map((part) => [JSON.stringify(part.place), part.value]));
  const title = kept.title === original.title ? [] : titled(original);
  const changed = original.parts.filter(({ place, value }) => {
    return !isDeepStrictEqual(known.get(JSON.stringify(place)), value);
  });
  return [...title, ...changed];
}

function titled({ title }: MessageView): MessagePart[] {
  return [{ name: '', place: [], value: title }];
}
