import type { GateError } from '../../model/errors.ts';
import type { PublicAnswer } from '../route.ts';
import { Html, type HtmlPart, html } from './html.ts';
import type { LoginSession } from './login-sessions.ts';
import { style, styleSource } from './style.ts';

export interface Page {
  readonly title: string;
  readonly main: HtmlPart;
  /** Who is logged in. */
  readonly session?: LoginSession | undefined;
  /** Path that the pages are under; empty, or such as `/sallyport`. */
  readonly base: string;
  readonly status?: number;
}

/**
 * Headers of every page. No script runs, nothing is loaded, no other site may frame it. Forms go to the gate alone; the
 * path of a page, which may have a ticket, stays with it.
 */
const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src ${styleSource}; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
} as const;

const doctype = new Html('<!doctype html>');
const css = new Html(`<style>${style}</style>`);

/** A page of the admin listener. */
export function pageAnswer({ title, main, session, base, status = 200 }: Page): PublicAnswer {
  const body = html`${doctype}
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - Sallyport</title>
<link rel="icon" href="data:,">
${css}
</head>
<body>
<header>
<a class="brand" href="${base}/approvals">Sallyport</a>
${session && whoIs(session, base)}
</header>
<main>
${main}
</main>
<footer>This page runs no script. Reload it to see what has changed.</footer>
</body>
</html>
`;
  return { status, headers, body: body.text };
}

/** What a browser is shown where something is refused. */
export function errorPage(
  { message, hint, code }: GateError,
  { base, session, back }: Pick<Page, 'base' | 'session'> & { readonly back?: string | undefined },
  status: number,
): PublicAnswer {
  const known = status < 500 || code !== 'STAGE_FAULT';
  const main = html`<h1>This did not work</h1>
<div class="notice bad" role="alert">
<p>${known ? sentence(message) : 'The gate failed to handle the request; its log says more.'}</p>
${hint !== undefined && html`<p>${sentence(hint)}</p>`}
<p class="dim">Code: <code>${code}</code></p>
</div>
<p><a href="${base}${back ?? '/approvals'}">${back ? 'Back to the approval' : 'To all approvals'}</a></p>`;
  return pageAnswer({ title: 'This did not work', main, base, session, status });
}

/** A message of the gate as a sentence. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

/** Somewhere else to go. It is a GET, whatever the request was. */
export function redirect(url: string, cookies: readonly string[] = []): PublicAnswer {
  return { status: 303, headers: { location: url, 'set-cookie': cookies } };
}

function whoIs({ person: { sub, email }, formToken }: LoginSession, base: string): Html {
  return html`<form method="post" action="${base}/logout">
<input type="hidden" name="form" value="${formToken}">
<span>${email ?? sub}</span>
<button class="small">Log out</button>
</form>`;
}
