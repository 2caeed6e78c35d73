import { Html, html } from '../../../../admin/pages/html.ts';
import { visible } from '../../../../model/visible.ts';
import type { Totals } from '../../../../replay/timeline/totals.ts';
import { aboutFacts, outcomeLines } from '../totals-text.ts';
import { MOST_UPSTREAMS, pageStyle, pageStyleSource } from './page-style.ts';

const doctype = new Html('<!doctype html>');
const css = new Html(`<style>${pageStyle}</style>`);
/** No script runs, nothing is loaded, nothing is sent, whatever the messages hold. */
const policy = `default-src 'none'; style-src ${pageStyleSource}; base-uri 'none'; form-action 'none'`;

export interface FrameOptions {
  readonly title: string;
  readonly totals: Totals;
  readonly upstreams: readonly string[];
  /** Messages stand in it as they came. */
  readonly originals: boolean;
}

/** All of a page that stands before its first exchange. */
export function pageBegin({ title, totals, upstreams, originals }: FrameOptions): string {
  return html`${doctype}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
${css}
</head>
<body>
<header>
<h1>${title}</h1>
${originals && html`<p class="notice"><strong>This page has messages as they came</strong>, before masks changed them. Treat it as the secret that it is.</p>`}
<dl>${aboutFacts(totals).map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>
<ul class="outcomes">${outcomeLines(totals).map((line) => html`<li>${line}</li>`)}</ul>
</header>
<main>
${totals.exchanges > 1 && filterBox(totals, upstreams)}
<ol>
`.text;
}

/** What follows the last exchange. */
export function pageEnd(): string {
  return `</ol>
</main>
<footer>Written by "sallyport replay show --html". This page runs no script and loads nothing. Times are UTC; what is
marked was changed by masks.</footer>
</body>
</html>
`;
}

/** Upstreams that can be shown alone, those with the most exchanges first. */
export function filteredUpstreams({ upstreams }: Totals): string[] {
  const sorted = [...upstreams].sort(([, a], [, b]) => b - a);
  return sorted.slice(0, MOST_UPSTREAMS).map(([name]) => name);
}

/** Boxes whose ticks take exchanges away: the style does it, so that no script has to. */
function filterBox(totals: Totals, upstreams: readonly string[]): Html {
  const { outcomes, withMasks, withHolds } = totals;
  const counted = upstreams.map((name) => totals.upstreams.get(name) ?? 0);
  return html`<details class="filters"><summary>Show only some of the exchanges</summary>
<fieldset><legend>Ended</legend>${[...outcomes].map(([name, count]) => box(`o-${name}`, `${name} (${count})`))}</fieldset>
${upstreams.length > 1 && html`<fieldset><legend>Upstream</legend>${upstreams.map((name, index) => box(`u-${index}`, `${visible(name)} (${counted[index]})`))}</fieldset>`}
<fieldset><legend>Only</legend>
<label><input type="radio" name="only" id="f-all" checked> everything</label>
<label><input type="radio" name="only" id="f-calls"> calls of tools, prompts and resources</label>
${withMasks > 0 && html`<label><input type="radio" name="only" id="f-only-masked"> what was masked (${withMasks})</label>`}
${withHolds > 0 && html`<label><input type="radio" name="only" id="f-only-held"> what waited for people (${withHolds})</label>`}
</fieldset></details>`;
}

function box(name: string, label: string): Html {
  return html`<label><input type="checkbox" id="f-${name}" checked> ${label}</label>`;
}
