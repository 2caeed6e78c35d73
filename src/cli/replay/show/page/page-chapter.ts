import { type Html, html } from '../../../../admin/pages/html.ts';
import type { Outcome } from '../../../../model/transcript.ts';
import { visible } from '../../../../model/visible.ts';
import { methodRow } from '../../../../protocol/methods.ts';
import { toneOf } from '../../../../replay/timeline/step-tone.ts';
import { stepsInOrder } from '../../../../replay/timeline/steps-in-order.ts';
import type { Chapter } from '../../../../replay/timeline/timeline-step.ts';
import { shortId, whatOf } from '../../../transcripts/layout.ts';
import { gapText } from '../gap-text.ts';
import { pageStep } from './page-step.ts';

export interface ChapterLook {
  readonly full: boolean;
  /** Shows its steps at once, where nothing else does. */
  readonly open: boolean;
  /** Milliseconds since the exchange before began; 0 for the first. */
  readonly gap: number;
  /** Places of upstreams in the list of filters. */
  readonly upstreams: readonly string[];
  /** When the timeline begins and ends. */
  readonly span: { readonly from: number; readonly until: number };
}

/** Milliseconds from which on a pause has a line of its own. */
const LONG = 1_000;

/** One exchange, with its steps folded unless something became of it. */
export function pageChapter(chapter: Chapter, look: ChapterLook): Html {
  const { record, number, during } = chapter;
  const { outcome, upstream, openedAt, closedAt } = record;
  const tones = new Set(chapter.events.map(toneOf));
  const isTold = look.open || TELLING.some((tone) => tones.has(tone));
  const isHeld = chapter.events.some(({ kind }) => kind === 'held');
  const place = look.upstreams.indexOf(upstream);
  const classes = [
    ...['exchange', `e-o-${outcome satisfies Outcome}`],
    ...(place < 0 ? [] : [`e-u-${place}`]),
    ...(tones.has('masked') ? ['masked'] : []),
    ...(isHeld ? ['held'] : []),
    ...(methodRow(record.method).resumes ? ['call'] : []),
  ];
  const time = new Date(openedAt).toISOString();
  const took = closedAt === undefined ? '' : gapText(closedAt - openedAt);
  return html`${look.gap >= LONG && html`<li class="pause">${gapText(look.gap)} later</li>`}
<li id="x${number}" class="${classes.join(' ')}"><details${isTold && html` open`}>
<summary><span class="title"><span class="no">#${number}</span> <h2>${visible(whatOf(record))}</h2>
${tones.has('masked') && html`<span class="badge masked">masked</span>`}
${isHeld && html`<span class="badge held">waited for people</span>`}
<span class="badge ${outcome}">${outcome}</span> <span class="dim took">${took}</span></span>
<span class="dim"><time datetime="${time}">${time.slice(11, 23)}</time>${upstream !== '' && ` at ${visible(upstream)}`}${whoOf(chapter)}, ${shortId(record.id)}${during !== undefined && `, within #${during}`}</span>
${lane(chapter, look)}</summary>
${during !== undefined && html`<p class="within">It came while <a href="#x${during}">#${during}</a> was open.</p>`}
<ol class="steps">${[...stepsInOrder([chapter])].map((step) => pageStep(step, look.full))}</ol>
</details></li>
`;
}

const TELLING = ['blocked', 'failed', 'held', 'masked'] as const;

function whoOf({ record: { sub, agent } }: Chapter): string {
  const who = [sub, agent && `by ${agent}`].filter((one) => one !== undefined && one !== '');
  return who.length === 0 ? '' : `, ${visible(who.join(' '))}`;
}

/** When it was, of all the time that the page tells of. */
function lane(
  { record, events }: Chapter,
  { span: { from, until } }: ChapterLook,
): Html | undefined {
  const whole = until - from;
  if (!(whole > 0)) return undefined;
  const end = record.closedAt ?? events.at(-1)?.at ?? record.openedAt;
  const at = (time: number) => Math.min(1_000, Math.max(0, ((time - from) / whole) * 1_000));
  const x = at(record.openedAt);
  const width = Math.max(4, at(end) - x);
  return html`<svg viewBox="0 0 1000 4" preserveAspectRatio="none" aria-hidden="true"><rect class="all" width="1000" height="1" y="1.5"/><rect class="own" x="${Math.min(x, 996).toFixed(1)}" width="${width.toFixed(1)}" height="4"/></svg>`;
}
