import type { Login } from '../../auth/login.ts';
import { GateError } from '../../model/errors.ts';
import type { Log } from '../../model/seams.ts';
import type { PublicAnswer, PublicRequest, PublicRoute } from '../route.ts';
import { formBody, readForm } from './form.ts';
import { html } from './html.ts';
import type { LoginAttempts } from './login-attempts.ts';
import type { LoginSession, LoginSessions } from './login-sessions.ts';
import { errorPage, pageAnswer, redirect } from './page.ts';
import type { PagePlace } from './page-place.ts';

export interface LoginPagesOptions {
  readonly login: Login;
  readonly attempts: LoginAttempts;
  readonly sessions: LoginSessions;
  readonly place: PagePlace;
  readonly log: Log;
}

/** Where the issuer sends people back to, under the URL of the admin API. */
export const CALLBACK = '/login/callback';
/** Pages that a login may lead to; anything else could be a place where somebody wants people to end up. */
const BACK = /^\/approvals(?:\/[\w-]{1,64}(?:\?ticket=[\w-]{1,1024})?)?$/;

/** Logging in and out. */
export class LoginPages {
  readonly #options: LoginPagesOptions;

  constructor(options: LoginPagesOptions) {
    this.#options = options;
  }

  get routes(): PublicRoute[] {
    const refuse: PublicRoute['refuse'] = (error, status) =>
      errorPage(error, { base: this.#options.place.base }, status);
    return [
      { method: 'GET', path: '/login', serve: (request) => this.#logIn(request), refuse },
      { method: 'GET', path: CALLBACK, serve: (request) => this.#finish(request), refuse },
      {
        ...{ method: 'POST', path: '/logout', takes: formBody },
        serve: async (request) => this.#logOut(request),
        refuse,
      },
    ];
  }

  /** Who is logged in. */
  session({ headers }: Pick<PublicRequest, 'headers'>): LoginSession | undefined {
    return this.#options.sessions.read(headers.cookie);
  }

  /**
   * Sends somebody to the issuer, who is then led back to the page that they asked for.
   *
   * @throws GateError AUTH_ISSUER_UNAVAILABLE
   */
  async demand(request: Pick<PublicRequest, 'headers' | 'url'>): Promise<PublicAnswer> {
    const { headers, url } = request;
    const { place } = this.#options;
    // Cookies are kept by host: the login comes back to this one.
    return place.elsewhere(headers.host, url) ?? this.#begin(request, url, false);
  }

  async #logIn(request: PublicRequest): Promise<PublicAnswer> {
    const { headers, url, query } = request;
    const { place } = this.#options;
    const back = typeof query.back === 'string' ? query.back : '/approvals';
    return (
      place.elsewhere(headers.host, url) ?? this.#begin(request, back, query.anew !== undefined)
    );
  }

  async #begin(
    { headers }: Pick<PublicRequest, 'headers'>,
    back: string,
    anew: boolean,
  ): Promise<PublicAnswer> {
    const { login, attempts } = this.#options;
    const { url, attempt } = await login.begin(anew);
    const kept = { attempt, back: BACK.test(back) ? back : '/approvals' };
    return redirect(url, attempts.keep(kept, headers.cookie));
  }

  async #finish({ headers, query, url }: PublicRequest): Promise<PublicAnswer> {
    const { login, attempts, sessions, place, log } = this.#options;
    const state = typeof query.state === 'string' ? query.state : '';
    const begun = attempts.find(state, headers.cookie);
    if (!begun) {
      const hint = 'open the page of the approval again';
      const message = 'the login was not begun in this browser, or it took too long';
      throw new GateError('LOGIN_EXPIRED', message, { hint });
    }
    const identity = await login.finish(url.slice(url.indexOf('?')), begun.attempt);
    const cookies = [...sessions.start(identity), attempts.forget(state)];
    log.info({ sub: identity.sub, issuer: identity.issuer }, 'somebody has logged in');
    return redirect(`${place.base}${begun.back}`, cookies);
  }

  #logOut(request: PublicRequest): PublicAnswer {
    const { sessions, place } = this.#options;
    const session = this.session(request);
    readForm(request, session, place.origin);
    const main = html`<h1>You are logged out</h1>
<p>The issuer may still know you. On a computer that others use, log out there as well.</p>
<p><a href="${place.base}/login?anew">Log in again, as yourself or somebody else</a></p>`;
    const page = pageAnswer({ title: 'Logged out', main, base: place.base });
    const cookies = session ? sessions.end(session) : [];
    return { ...page, headers: { ...page.headers, 'set-cookie': cookies } };
  }
}
