import { randomBytes } from 'node:crypto';
import type { IssuerOptions } from '../../auth/issuer-options.ts';
import { Login } from '../../auth/login.ts';
import type { AdminConfig } from '../../config/schema.ts';
import { GateError } from '../../model/errors.ts';
import type { Clock, Log } from '../../model/seams.ts';
import type { Tickets } from '../../notify/ticket.ts';
import type { Approvals } from '../../pipeline/approval/approvals.ts';
import { Seal } from '../../protocol/seal.ts';
import type { ApprovalDesk } from '../approvals/approvals-desk.ts';
import type { PublicRoute } from '../route.ts';
import { ApprovalPages } from './approval-pages.ts';
import { LoginAttempts } from './login-attempts.ts';
import { CALLBACK, LoginPages } from './login-pages.ts';
import { LoginSessions } from './login-sessions.ts';
import type { PagePlace } from './page-place.ts';

export interface PagesOptions {
  readonly login: NonNullable<AdminConfig['login']>;
  /** Issuers whose tokens the admin API accepts. */
  readonly issuers: readonly IssuerOptions[];
  /** Seals logins where `login.key` is left out; left out as well: they end with the process. */
  readonly key?: string | undefined;
  readonly approvals: Pick<Approvals, 'isOutdated'>;
  readonly desk: ApprovalDesk;
  readonly tickets: Tickets;
  readonly place: PagePlace;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Pages for browsers: logging in, and approvals.
 *
 * @throws GateError CONFIG_INVALID where the issuer of logins is none of the issuers
 */
export function openPages(options: PagesOptions): PublicRoute[] {
  const { login, approvals, desk, tickets, place, clock, log } = options;
  const issuer = options.issuers.find(({ url }) => url === login.issuer);
  if (!issuer) {
    const hint = 'name one of admin.issuers, or of issuers where those are left out';
    const message = `admin.login.issuer ${login.issuer} is none of the issuers`;
    throw new GateError('CONFIG_INVALID', message, { hint });
  }
  const secret = login.key ?? options.key;
  const key = secret === undefined ? randomBytes(32) : Buffer.from(secret);
  const secure = () => place.secure;
  const logins = new LoginPages({
    login: new Login({
      ...{ issuer, clientId: login.client_id, clientSecret: login.client_secret },
      ...{ scopes: login.scopes, redirectUri: () => place.urlOf(CALLBACK), clock, log },
    }),
    attempts: new LoginAttempts({ seal: new Seal(key, 'login attempt'), secure, clock }),
    sessions: new LoginSessions({
      ...{ seal: new Seal(key, 'login'), issuer: issuer.url, lifetime: login.lifetime },
      ...{ secure, clock },
    }),
    ...{ place, log },
  });
  const pages = new ApprovalPages({ approvals, desk, logins, tickets, place, clock });
  return [...logins.routes, ...pages.routes];
}
