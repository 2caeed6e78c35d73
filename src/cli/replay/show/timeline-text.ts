import { visible } from '../../../model/visible.ts';
import type { Place } from '../../../replay/timeline/masked-places.ts';
import type { MessagePart } from '../../../replay/timeline/message-part.ts';
import { toneOf } from '../../../replay/timeline/step-tone.ts';
import { wayOf } from '../../../replay/timeline/step-way.ts';
import type { Chapter, TimelineStep } from '../../../replay/timeline/timeline-step.ts';
import { durationOf, shortId, whatOf } from '../../transcripts/layout.ts';
import { type Paint, painter, paintWord } from '../../transcripts/paint.ts';
import { wrap } from '../../transcripts/wrap.ts';
import { gapText } from './gap-text.ts';
import { type PartLook, partLines } from './part-lines.ts';
import { type ToldStep, tellStep } from './told-step.ts';

export interface TimelineLook extends PartLook {
  readonly colour: boolean;
  /** Tells how an exchange ends before it does; whoever plays it as it happened does not. */
  readonly foretells: boolean;
}

/** Columns of the time since the step before, and of who does something. */
const GAP = 10;
const WAY = 18;
const LEAST_WIDTH = 40;
/** Milliseconds from which on a pause has a line of its own. */
const LONG = 1_000;

/** Writes a timeline for a terminal, step by step. */
export class TimelineText {
  readonly #look: TimelineLook;
  readonly #paint: Paint;
  #last: Chapter | undefined;

  constructor(look: TimelineLook) {
    const width = Math.max(LEAST_WIDTH, look.width - GAP - WAY - 4);
    this.#look = { ...look, width };
    this.#paint = painter(look.colour);
  }

  /** The pause before a step, where it is long enough to be told. */
  pause({ gap }: TimelineStep): string {
    if (gap < LONG) return '';
    return `${this.#paint('dim', `${' '.repeat(GAP + 2)}· · · ${gapText(gap)} later`)}\n`;
  }

  /** A step, under the heading of its exchange where that is another one than before. */
  step(step: TimelineStep): string {
    const { chapter, index } = step;
    const lines: string[] = [];
    if (chapter !== this.#last) lines.push('', ...this.#heading(chapter, index === 0));
    lines.push(...this.#stepLines(step));
    if (!this.#look.foretells && index === chapter.events.length - 1)
      lines.push(this.#end(chapter));
    this.#last = chapter;
    return `${lines.join('\n')}\n`;
  }

  #heading(chapter: Chapter, begins: boolean): string[] {
    const { number, record, during } = chapter;
    const what = visible(`${whatOf(record)}${record.upstream && ` at ${record.upstream}`}`);
    const title = this.#paint('bold', `#${number} ${what}`);
    if (!begins) return [`${title} ${this.#paint('dim', 'goes on')}`];
    const clock = new Date(record.openedAt).toISOString().slice(11, 23);
    const within = during === undefined ? '' : `, within #${during}`;
    const about = `${clock}, ${shortId(record.id)}${this.#who(record)}${within}`;
    const end = this.#look.foretells ? `: ${endOf(chapter, this.#paint)}` : '';
    return [`${title}${end}`, this.#paint('dim', `   ${about}`)];
  }

  /** Who calls, where it is not who called before. */
  #who({ sub, agent, upstream }: Chapter['record']): string {
    const before = this.#last?.record;
    if (before?.sub === sub && before?.agent === agent) return '';
    // What operators and upkeep do to transcripts is nobody's call.
    const who = [sub ?? (upstream === '' ? undefined : 'nobody known'), agent && `by ${agent}`];
    const said = who.filter((one) => one !== undefined && one !== '').join(' ');
    return said === '' ? '' : `, ${visible(said)}`;
  }

  #end(chapter: Chapter): string {
    const { number } = chapter;
    return `${' '.repeat(GAP + 2)}${this.#paint('dim', `#${number}`)} ${endOf(chapter, this.#paint)}`;
  }

  #stepLines(step: TimelineStep): string[] {
    const { chapter, event, gap, index } = step;
    const told = tellStep(step, this.#look);
    const { width } = this.#look;
    const { from, to } = wayOf(event, chapter.record);
    const way = to === undefined ? from : `${from} → ${to}`;
    const time = index === 0 && gap >= LONG ? '' : gapText(gap);
    const shown = gap < LEAST_GAP ? '' : `+${time}`;
    const column = this.#paint('dim', (time === '' ? '' : shown).padStart(GAP));
    const [first = '', ...more] = wrap(told.lead, width);
    const tone = toneOf(event);
    const painted = (line: string) =>
      tone === 'plain' ? line : paintWord(this.#paint, tone, line);
    const inner = ' '.repeat(GAP + WAY + 4);
    return [
      `${column}  ${this.#paint('dim', way.padEnd(WAY))}  ${painted(first)}`.trimEnd(),
      ...more.map((line) => inner + painted(line)),
      ...this.#below(told).map((line) => inner + line),
    ];
  }

  #below({ facts, parts, masked, original }: ToldStep): string[] {
    const look = { ...this.#look, width: this.#look.width - 2 };
    const inner = { ...look, width: look.width - 2 };
    const isMasked = ({ place }: MessagePart) => masked.some((one) => covers(place, one));
    return [
      ...facts.flatMap((line) => wrap(line, look.width)),
      ...parts.flatMap((part) => {
        const lines = partLines(part, look);
        return isMasked(part) ? lines.map((line) => paintWord(this.#paint, 'masked', line)) : lines;
      }),
      ...(original.length === 0 ? [] : [this.#paint('bold', 'it came as:')]),
      ...original.flatMap((part) => partLines(part, inner).map((line) => `  ${line}`)),
    ].map((line) => `  ${line}`);
  }
}

/** Milliseconds below which a step came with the one before. */
const LEAST_GAP = 0.05;

/** True where a place is the one of a part, or within it, or around it. */
function covers(part: Place, masked: Place): boolean {
  const common = Math.min(part.length, masked.length);
  return part.slice(0, common).every((step, index) => step === masked[index]);
}

function endOf({ record }: Chapter, paint: Paint): string {
  const { outcome } = record;
  const took = durationOf(record);
  const time = took === undefined ? '' : ` after ${gapText(Number(took))}`;
  return `${paintWord(paint, outcome, visible(outcome))}${time}`;
}
