import type { IncomingHttpHeaders } from 'node:http';
import { GateError } from '../../model/errors.ts';
import type { PublicRequest } from '../route.ts';
import { isOwnForm, type LoginSession } from './login-sessions.ts';

/** What forms of pages come as, and their most bytes. */
export const formBody = { type: 'application/x-www-form-urlencoded', bytes: 65_536 } as const;

/**
 * The fields of a form that somebody was shown, who is logged in, by this gate.
 *
 * @param origin of the pages, such as `https://gate.example.com`
 * @throws GateError HTTP_ORIGIN, LOGIN_EXPIRED
 */
export function readForm(
  { headers, body }: Pick<PublicRequest, 'headers' | 'body'>,
  session: LoginSession | undefined,
  origin: string,
): URLSearchParams {
  checkSameOrigin(headers, origin);
  const fields = new URLSearchParams(body.toString('utf8'));
  if (session && isOwnForm(session, fields.get('form') ?? '')) return fields;
  const hint = 'nothing was done; open the page again, and log in where it asks you to';
  throw new GateError('LOGIN_EXPIRED', 'your login has ended since you opened the form', { hint });
}

/** Browsers send an Origin with every form; no other site can send this one. */
function checkSameOrigin(headers: IncomingHttpHeaders, own: string): void {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin === own && (site === undefined || site === 'same-origin')) return;
  const hint = 'open the page at the URL of the gate: admin.public_url';
  throw new GateError('HTTP_ORIGIN', 'the form does not come from a page of the gate', { hint });
}
