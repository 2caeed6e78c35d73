import { type Html, html } from '../../../../admin/pages/html.ts';
import { visible } from '../../../../model/visible.ts';
import type { Place } from '../../../../replay/timeline/masked-places.ts';
import type { MessagePart } from '../../../../replay/timeline/message-part.ts';
import { toneOf } from '../../../../replay/timeline/step-tone.ts';
import { wayOf } from '../../../../replay/timeline/step-way.ts';
import type { TimelineStep } from '../../../../replay/timeline/timeline-step.ts';
import { gapText } from '../gap-text.ts';
import { tellStep } from '../told-step.ts';
import { valueHtml } from './value-html.ts';

/** Characters of a part that a page shows unless all is asked for. */
const MOST = 20_000;
/** Longer parts are folded. */
const FOLDED = 1_500;
const SHORT = 100;

/** One step of an exchange. */
export function pageStep(step: TimelineStep, full: boolean): Html {
  const { chapter, event, gap, index } = step;
  const told = tellStep(step, { full });
  const { from, to } = wayOf(event, chapter.record);
  const most = full ? undefined : MOST;
  return html`<li class="step t-${toneOf(event)}">
<span class="gap">${index > 0 && `+${gapText(gap)}`}</span>
<span class="way">${to === undefined ? from : `${from} → ${to}`}</span>
<div class="what"><span class="lead">${told.lead}</span>
${told.facts.map((fact) => html`<div class="dim">${fact}</div>`)}
${told.parts.map((part) => partHtml(part, told.masked, most))}
${
  told.original.length > 0 &&
  html`<div class="original"><strong>It came as:</strong>
${told.original.map((part) => partHtml(part, [], most))}</div>`
}</div>
</li>`;
}

function partHtml(part: MessagePart, masked: readonly Place[], most: number | undefined): Html {
  const { name, place, value, note } = part;
  const label = visible(name);
  if (note !== undefined) {
    return html`<div class="part"><dl>${name !== '' && html`<dt>${label}</dt>`}<dd class="dim">${visible(note)}</dd></dl></div>`;
  }
  const shown = valueHtml(value, { place, masked, most });
  const size = shown.text.length;
  if (size <= SHORT && !shown.text.includes('\n') && name !== '') {
    return html`<div class="part"><dl><dt>${label}</dt><dd><code>${shown}</code></dd></dl></div>`;
  }
  const block = html`<pre tabindex="0">${shown}</pre>`;
  if (size > FOLDED) {
    return html`<details class="part"><summary>${label === '' ? 'text' : label}, ${size} characters</summary>${block}</details>`;
  }
  return html`<div class="part">${name !== '' && html`<span class="dim">${label}</span>`}${block}</div>`;
}
