import type { Chapter, TimelineStep } from './timeline-step.ts';

/** A chapter, and which of its steps comes next. */
interface Pending {
  readonly chapter: Chapter;
  readonly index: number;
  readonly at: number;
}

/**
 * The steps of all exchanges in the order in which they came: what one caused is told within it. Holds the exchanges
 * that overlap, never all.
 *
 * @param chapters by when they opened, oldest first
 */
export function* stepsInOrder(chapters: Iterable<Chapter>): Generator<TimelineStep> {
  const pending: Pending[] = [];
  let before: number | undefined;
  const take = (): TimelineStep => {
    const { chapter, index, at } = pending.pop() as Pending;
    const event = chapter.events[index] as TimelineStep['event'];
    wait(pending, chapter, index + 1);
    const gap = before === undefined ? 0 : Math.max(0, at - before);
    before = Math.max(before ?? at, at);
    return { chapter, index, event, gap };
  };
  for (const chapter of chapters) {
    const opened = chapter.events[0]?.at ?? chapter.record.openedAt;
    while ((pending.at(-1)?.at ?? Number.POSITIVE_INFINITY) < opened) yield take();
    wait(pending, chapter, 0);
  }
  while (pending.length > 0) yield take();
}

/** Puts a chapter where its next step belongs: the earliest is last, and of two at the same time the older exchange. */
function wait(pending: Pending[], chapter: Chapter, index: number): void {
  const event = chapter.events[index];
  if (!event) return;
  // A clock may have been set back within an exchange, whose order its steps keep all the same.
  const at = Math.max(event.at, chapter.events[index - 1]?.at ?? event.at);
  let low = 0;
  let high = pending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isAfter(pending[middle] as Pending, at, chapter.number)) low = middle + 1;
    else high = middle;
  }
  pending.splice(low, 0, { chapter, index, at });
}

function isAfter(one: Pending, at: number, number: number): boolean {
  return one.at === at ? one.chapter.number > number : one.at > at;
}
