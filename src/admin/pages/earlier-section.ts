import type { ApprovalDesk } from '../approvals/approvals-desk.ts';
import { type Html, html } from './html.ts';
import { timeText } from './time-text.ts';

type Earlier = Awaited<ReturnType<ApprovalDesk['page']>>['earlier'];

/** What came of earlier calls like the one that somebody is asked about. */
export function earlierSection(earlier: Earlier, base: string, now: number): Html {
  const { approvals, calls = [], recent } = earlier;
  const isNew = approvals.length === 0 && calls.length === 0;
  return html`<section aria-labelledby="earlier">
<h2 id="earlier">Earlier calls of this caller to this target</h2>
${isNew && html`<p>None that needed a yes: this is the first.</p>`}
${
  approvals.length > 0 &&
  html`<table>
<tr><th scope="col">Asked</th><th scope="col">Came to</th></tr>
${approvals.map(
  ({ id, state, createdAt, reason }) => html`<tr>
<td><a href="${base}/approvals/${id}">${timeText(createdAt, now)}</a></td>
<td><span class="${state}">${state}</span>${reason !== undefined && html`: ${reason}`}</td>
</tr>`,
)}
</table>`
}
${
  calls.length > 0 &&
  html`<h2>Calls that were made</h2>
<table>
<tr><th scope="col">Made</th><th scope="col">Came to</th></tr>
${calls.map(({ at, outcome }) => html`<tr><td>${timeText(at, now)}</td><td>${outcome}</td></tr>`)}
</table>`
}
${recent && recentText(recent)}
</section>`;
}

function recentText({ of, caller, others }: NonNullable<Earlier['recent']>): Html {
  return html`<p class="dim">Among the last ${of} exchanges of this gate, calls to this target:
by the caller ${countText(caller)}; by others ${countText(others)}.</p>`;
}

function countText(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([outcome, count]) => `${count} ${outcome}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}
