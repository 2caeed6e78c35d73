import { visibleJson } from '../../../model/visible.ts';
import { maskedPlaces } from '../../../replay/timeline/masked-places.ts';
import { toneOf } from '../../../replay/timeline/step-tone.ts';
import { wayOf } from '../../../replay/timeline/step-way.ts';
import { stepsInOrder } from '../../../replay/timeline/steps-in-order.ts';
import type { TimelineStep } from '../../../replay/timeline/timeline-step.ts';
import type { Totals } from '../../../replay/timeline/totals.ts';
import { parsePayload } from '../../transcripts/payload.ts';
import type { Terminal } from '../../verb.ts';
import type { Timeline } from './timeline.ts';

/** Prints a timeline as JSON, a line for each step; the first of an exchange has the exchange as well. */
export async function printJson(timeline: Timeline, terminal: Terminal): Promise<Totals> {
  const totals = timeline.count(true);
  for (const step of stepsInOrder(timeline.chapters())) {
    terminal.out(`${visibleJson(stepJson(step))}\n`);
    await terminal.drained();
  }
  return totals;
}

function stepJson({ chapter, index, event, gap }: TimelineStep) {
  const { payload, original, ...rest } = event;
  const masked = maskedPlaces(chapter.events, index);
  const { number, during, record } = chapter;
  return {
    number,
    ...(during === undefined ? {} : { during }),
    gap: Math.round(gap * 1_000) / 1_000,
    ...wayOf(event, record),
    tone: toneOf(event),
    ...rest,
    ...(payload === undefined ? {} : { payload: parsePayload(payload) }),
    ...(original === undefined ? {} : { original: parsePayload(original) }),
    ...(masked.length === 0 ? {} : { masked }),
    ...(index === 0 ? { record } : {}),
  };
}
