import type { ApprovalLine } from '../approvals/approvals-view.ts';
import { type Html, html } from './html.ts';
import { distanceText } from './time-text.ts';

/** Lists that the page of approvals offers. */
export const lists = {
  mine: 'Waiting for you',
  pending: 'All that wait',
  granted: 'Granted, not used',
  glass: 'Break glass',
  all: 'All',
} as const;
export type ListName = keyof typeof lists;

/** What a page with a list of approvals shows. */
export interface ListFacts {
  readonly name: ListName;
  readonly approvals: readonly ApprovalLine[];
  /** Where the next page begins. */
  readonly next?: string | undefined;
  readonly base: string;
  readonly now: number;
}

/** A list of approvals that somebody may see. */
export function listMain({ name, approvals, next, base, now }: ListFacts): Html {
  const path = `${base}/approvals`;
  return html`<h1>Approvals</h1>
<nav aria-label="Lists"><ul>
${Object.entries(lists).map(
  ([one, title]) =>
    html`<li><a href="${path}?list=${one}" ${one === name && currentPage}>${title}</a></li>`,
)}
</ul></nav>
${approvals.length === 0 && html`<p>${next === undefined ? 'There is nothing here.' : 'Nothing so far.'}</p>`}
<ul class="list">
${approvals.map((line) => lineText(line, path, now))}
</ul>
${next !== undefined && html`<p><a href="${path}?list=${name}&before=${encodeURIComponent(next)}">Older ones</a></p>`}`;
}

const currentPage = html`aria-current="page"`;

function lineText(line: ApprovalLine, path: string, now: number): Html {
  const { id, state, caller, target, upstream, createdAt, expiresAt, missing, breakGlass } = line;
  const people = missing.reduce((sum, one) => sum + one.people, 0);
  return html`<li class="row">
<a href="${path}/${id}"><strong>${target}</strong> on ${upstream}</a>
<span class="badge ${state}">${state}</span>${breakGlass && html` <span class="badge warn">break glass</span>`}${
    line.standing && html` <span class="badge">calls alike</span>`
  }<br>
<span>${caller.email ?? caller.sub}</span>, asked ${distanceText(createdAt, now)}${
    state === 'pending' &&
    html`, expires ${distanceText(expiresAt, now)}; ${people} more to say yes`
  }
</li>`;
}
