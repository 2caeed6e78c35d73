import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import type { DevUser } from './dev-user.ts';

const MAX_FORM = 4_096;

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** Shows whom one may log in as, and takes the choice. No password: the page says what it is for. */
export async function serveLogin(
  provider: Provider,
  users: readonly DevUser[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Rejects where the request lacks the signed cookie of this very login.
  const interaction = await provider.interactionDetails(request, response);
  if (request.method !== 'POST')
    return showPage(response, await page(provider, users, interaction));
  const choice = (await readForm(request)).get('user');
  const user = users.find((one) => one.sub === choice);
  const result = user
    ? await approve(provider, interaction, user)
    : { error: 'access_denied', error_description: 'the user declined' };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

/** One click both logs in and consents. */
async function approve(provider: Provider, { params }: Interaction, user: DevUser) {
  const grant = new provider.Grant({ accountId: user.sub, clientId: text(params.client_id) });
  const scope = text(params.scope);
  if (scope) grant.addOIDCScope(scope);
  for (const resource of [params.resource ?? []].flat()) {
    if (scope) grant.addResourceScope(text(resource), scope);
  }
  return { login: { accountId: user.sub }, consent: { grantId: await grant.save() } };
}

async function page(provider: Provider, users: readonly DevUser[], { params }: Interaction) {
  const client = await provider.Client.find(text(params.client_id));
  const name = client?.clientName ?? text(params.client_id);
  const resource = [params.resource ?? []].flat().map(text).join(', ');
  const buttons = users.map(
    ({ sub, groups }) =>
      `<button name="user" value="${escapeHtml(sub)}">${escapeHtml(sub)} <small>${escapeHtml(groups.join(', '))}</small></button>`,
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Log in (development only)</title>
<style>body{font:16px/1.5 system-ui;max-width:32rem;margin:3rem auto;padding:0 1rem}
strong.notice{display:block;background:#b00020;color:#fff;padding:.5rem 1rem}
button{display:block;width:100%;font:inherit;text-align:left;padding:.75rem 1rem;margin:.5rem 0}</style>
<strong class="notice">DEVELOPMENT ONLY: nobody is asked for a password here.</strong>
<h1>Log in as</h1>
<p><b>${escapeHtml(name)}</b> wants to ${wish(resource)} and will be answered at
<code>${escapeHtml(text(params.redirect_uri))}</code>.</p>
<form method="post">${buttons.join('\n')}
<button name="user" value="">Cancel</button></form>
</html>`;
}

function wish(resource: string): string {
  return resource === '' ? 'know who you are' : `use <b>${escapeHtml(resource)}</b>`;
}

function showPage(response: ServerResponse, html: string): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // No other site may frame the page and lure a click onto it.
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  });
  response.end(html);
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let form = '';
  for await (const chunk of request) {
    form += String(chunk);
    if (form.length > MAX_FORM) throw new Error('the form is too large');
  }
  return new URLSearchParams(form);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function escapeHtml(value: string): string {
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
