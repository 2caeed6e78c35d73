import { setImmediate as turn } from 'node:timers/promises';
import { stepsInOrder } from '../../../replay/timeline/steps-in-order.ts';
import type { Chapter } from '../../../replay/timeline/timeline-step.ts';
import { Totals } from '../../../replay/timeline/totals.ts';
import { widthOf } from '../../transcripts/arguments.ts';
import { painter } from '../../transcripts/paint.ts';
import type { Terminal } from '../../verb.ts';
import { hearKeys } from './keys.ts';
import { Playback } from './playback.ts';
import type { Timeline } from './timeline.ts';
import { TimelineText } from './timeline-text.ts';
import { aboutFacts, outcomeLines } from './totals-text.ts';

export interface TextOptions {
  readonly full: boolean;
  /** How many times as quick as it happened; left out: all at once. */
  readonly speed?: number | undefined;
  /** No pause is longer than these milliseconds. */
  readonly longest?: number | undefined;
}

const USUAL_WIDTH = 120;
/** Steps between two looks for a signal. */
const STEPS = 200;

/**
 * Prints a timeline, at once or as it happened.
 *
 * @returns what was printed, counted
 */
export async function printText(
  timeline: Timeline,
  options: TextOptions,
  terminal: Terminal,
): Promise<Totals> {
  const paint = painter(terminal.colour);
  const about = aboutFacts(timeline.count(false));
  const widest = Math.max(0, ...about.map(([name]) => name.length));
  const facts = about.map(([name, text]) => `${paint('dim', name.padEnd(widest))}  ${text}\n`);
  terminal.out(facts.join(''));
  const totals = new Totals();
  const whole = await printSteps(counted(timeline.chapters(), totals), options, terminal);
  if (whole) terminal.out(`\n${outcomeLines(totals).join('\n')}\n`);
  return totals;
}

/** @returns false where whoever watches had enough */
async function printSteps(
  chapters: Iterable<Chapter>,
  options: TextOptions,
  terminal: Terminal,
): Promise<boolean> {
  const { full, speed, longest } = options;
  const width = widthOf(terminal) ?? USUAL_WIDTH;
  const look = { full, width, colour: terminal.colour, foretells: speed === undefined };
  const text = new TimelineText(look);
  const { signal } = terminal;
  const playback = speed === undefined ? undefined : new Playback({ speed, longest, signal });
  const release = playback && hearKeys(terminal, (key) => playback.press(key));
  if (release)
    terminal.err(
      'space stops and goes on, n is the next step, + and - change the speed, q quits\n',
    );
  try {
    let count = 0;
    for (const step of stepsInOrder(chapters)) {
      terminal.out(text.pause(step));
      if (playback && !(await playback.wait(step.gap))) return false;
      terminal.out(text.step(step));
      await terminal.drained();
      if (++count % STEPS === 0) await turn();
      if (signal.aborted) return false;
    }
    return true;
  } finally {
    release?.();
  }
}

/** The same chapters, counted as they pass. */
function* counted(chapters: Iterable<Chapter>, totals: Totals): Generator<Chapter> {
  for (const chapter of chapters) {
    totals.add(chapter);
    yield chapter;
  }
}
