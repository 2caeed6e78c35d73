import type { Approval } from '../../model/approval.ts';
import { GateError } from '../../model/errors.ts';
import type { Clock } from '../../model/seams.ts';
import type { Ticket, Tickets } from '../../notify/ticket.ts';
import type { Approvals } from '../../pipeline/approval/approvals.ts';
import { argumentsOf } from '../../pipeline/approval/asked-params.ts';
import { isSamePerson } from '../../pipeline/approval/same-person.ts';
import { boundsOf } from '../../policy/approval/bounds-of.ts';
import type { ApprovalDesk } from '../approvals/approvals-desk.ts';
import type { Viewer } from '../approvals/approvals-rights.ts';
import { conditionText } from '../approvals/condition-text.ts';
import type { PublicAnswer, PublicRequest, PublicRoute } from '../route.ts';
import { approvalMain } from './approval-page.ts';
import { type ListName, listMain, lists } from './approvals-list.ts';
import { actionOf, approvalIn, reasonIn } from './decision-form.ts';
import { formBody, readForm } from './form.ts';
import type { LoginPages } from './login-pages.ts';
import type { LoginSession } from './login-sessions.ts';
import { errorPage, pageAnswer, redirect } from './page.ts';
import type { PagePlace } from './page-place.ts';

export interface ApprovalPagesOptions {
  readonly approvals: Pick<Approvals, 'isOutdated'>;
  readonly desk: ApprovalDesk;
  readonly logins: LoginPages;
  readonly tickets: Tickets;
  readonly place: PagePlace;
  readonly clock: Clock;
}

/** Where a decision was made. */
const VIA = 'page';
const PAGE_LENGTH = 50;
const queries: Readonly<Record<ListName, Partial<Parameters<ApprovalDesk['list']>[1]>>> = {
  mine: { states: ['pending'], mine: true },
  pending: { states: ['pending'] },
  granted: { states: ['granted'] },
  glass: { breakGlass: true },
  all: {},
};

/** Pages where people look at approvals and decide them, once they have logged in. */
export class ApprovalPages {
  readonly #options: ApprovalPagesOptions;

  constructor(options: ApprovalPagesOptions) {
    this.#options = options;
  }

  get routes(): PublicRoute[] {
    const { place, logins } = this.#options;
    const refuse: PublicRoute['refuse'] = (error, status, request) => {
      const { id } = request.params;
      const isThere = id !== undefined && error.code !== 'APPROVAL_UNKNOWN';
      const back = isThere ? `/approvals/${encodeURIComponent(id)}` : undefined;
      return errorPage(error, { base: place.base, session: logins.session(request), back }, status);
    };
    const one = '/approvals/:id';
    return [
      { method: 'GET', path: '/approvals', serve: (request) => this.#list(request), refuse },
      { method: 'GET', path: one, serve: (request) => this.#show(request), refuse },
      {
        ...{ method: 'POST', path: one, takes: formBody },
        serve: (request) => this.#decide(request),
        refuse,
      },
    ];
  }

  async #list(request: PublicRequest): Promise<PublicAnswer> {
    const { desk, logins, place, clock } = this.#options;
    const session = logins.session(request);
    if (!session) return logins.demand(request);
    const { list, before } = request.query;
    const name = (Object.keys(lists) as ListName[]).find((one) => one === list) ?? 'mine';
    const found = await desk.list(this.#viewer(session), {
      ...{ mine: false, limit: PAGE_LENGTH, ...queries[name] },
      ...(typeof before === 'string' && /^[\w-]{1,64}$/.test(before) ? { before } : {}),
    });
    const { base } = place;
    const main = listMain({ ...found, name, base, now: clock() });
    return pageAnswer({ title: 'Approvals', main, session, base });
  }

  async #show(request: PublicRequest): Promise<PublicAnswer> {
    const { logins } = this.#options;
    const session = logins.session(request);
    if (!session) return logins.demand(request);
    const { ticket } = request.query;
    const { id = '' } = request.params;
    return this.#page(session, id, typeof ticket === 'string' ? ticket : undefined);
  }

  async #decide(request: PublicRequest): Promise<PublicAnswer> {
    const { logins, place } = this.#options;
    const session = logins.session(request);
    const fields = readForm(request, session, place.origin);
    if (!session) throw new GateError('LOGIN_EXPIRED', 'your login has ended');
    const { id = '' } = request.params;
    await this.#act(session, id, fields);
    return redirect(place.urlOf(`/approvals/${encodeURIComponent(id)}`));
  }

  async #act(session: LoginSession, id: string, fields: URLSearchParams): Promise<void> {
    const { desk } = this.#options;
    const viewer = this.#viewer(session);
    const ticket = this.#ticket(fields.get('ticket') ?? undefined, id, session);
    if (ticket && isSpent(await desk.find(id, viewer), session)) {
      throw new GateError('LOGIN_EXPIRED', 'the link of the mail has served: you have decided');
    }
    const action = actionOf(fields);
    switch (action) {
      case 'approve':
      case 'break-glass':
        await desk.approve(id, viewer, approvalIn(fields, action === 'break-glass'), VIA);
        return;
      case 'deny':
        await desk.deny(id, viewer, reasonIn(fields), VIA);
        return;
      case 'revoke':
        if (reasonIn(fields) === undefined) {
          throw new GateError('APPROVAL_REASON', 'say why it is taken back');
        }
        await desk.revoke(id, viewer, reasonIn(fields), VIA);
        return;
      case 'cancel':
        await desk.cancel(id, viewer, reasonIn(fields), VIA);
    }
  }

  async #page(session: LoginSession, id: string, ticketText: string | undefined) {
    const { approvals, desk, place, clock } = this.#options;
    const ticket = this.#ticket(ticketText, id, session);
    const viewer = this.#viewer(session);
    const approval = await desk.find(id, viewer);
    const page = await desk.page(approval, viewer);
    const { base } = place;
    const { formToken } = session;
    const isPending = approval.state === 'pending';
    const main = approvalMain({
      ...{ page, formToken, base, now: clock() },
      ticket: ticket && ticketText,
      isSpent: ticket !== undefined && isSpent(approval, session),
      hasApproved: approval.ballots.some(
        ({ verdict, by }) => verdict === 'approve' && isSamePerson(by, session.person),
      ),
      isOutdated: isPending && approvals.isOutdated(approval),
      bounds: boundsText(approval),
      proposal: this.#proposal(approval),
    });
    const title = `${page.target} on ${page.upstream}`;
    return pageAnswer({ title, main, session, base });
  }

  #proposal(approval: Approval): string | undefined {
    try {
      return this.#options.desk.proposal(approval).yaml;
    } catch (error) {
      if (error instanceof GateError) return undefined;
      throw error;
    }
  }

  #viewer({ person }: LoginSession): Viewer {
    return this.#options.desk.viewer({ ...person, scopes: [], claims: {} });
  }

  /**
   * What a link of a mail says: whoever follows it must be who the mail was sent to.
   *
   * @throws GateError LOGIN_EXPIRED, APPROVAL_NOT_YOURS
   */
  #ticket(text: string | undefined, id: string, session: LoginSession): Ticket | undefined {
    if (text === undefined) return undefined;
    const ticket = this.#options.tickets.open(text, id);
    if (!ticket) {
      const hint = 'you can decide without it, if the rules ask you: go back to the approval';
      throw new GateError('LOGIN_EXPIRED', 'the link of the mail no longer works', { hint });
    }
    const { email } = session.person;
    if (email?.trim().toLowerCase() === ticket.address.trim().toLowerCase()) return ticket;
    const hint = 'log out, follow the link again and log in as who got the mail';
    throw new GateError('APPROVAL_NOT_YOURS', 'the link was sent to somebody else', { hint });
  }
}

/** Whoever has decided has had what the link is for. */
function isSpent({ ballots }: Approval, { person }: LoginSession): boolean {
  return ballots.some(({ by }) => isSamePerson(by, person));
}

/** What others have bounded calls alike by, for all must agree; the tightest bounds where nobody has. */
function boundsText({ call, ballots }: Approval): string | undefined {
  const agreed = ballots.find(({ standing }) => standing)?.standing?.when;
  const bounds = agreed ?? boundsOf(argumentsOf(call));
  return bounds && conditionText(bounds);
}
