import type { AdminAnswer, AdminRequest, Route } from '../route.ts';
import { approveBody, BODY_BYTES, reasonBody } from './approvals-body.ts';
import { ApprovalDesk, type DeskOptions } from './approvals-desk.ts';
import { listQuery } from './approvals-query.ts';
import { ApprovalStreams, type StreamOptions } from './approvals-stream.ts';

export interface ApprovalRoutesOptions extends DeskOptions, Pick<StreamOptions, 'onChange'> {}

/** Where a decision by the admin API was made. */
const VIA = 'api';
const all = '/v1/approvals';
const one = `${all}/:id`;
const takes = { type: 'application/json', bytes: BODY_BYTES } as const;

/**
 * Looking at approvals, and deciding them. Whoever has a token of an issuer sees what names them and what they have asked
 * for; the rest is for roles.
 */
export function approvalRoutes(options: ApprovalRoutesOptions): Route[] {
  const nouns = new ApprovalNouns(options);
  const read = { method: 'GET', needs: 'anybody' } as const;
  const change = { method: 'POST', needs: 'anybody', takes } as const;
  return [
    { ...read, path: all, serve: (request) => nouns.list(request) },
    { ...read, path: `${all}/events`, serve: (request) => nouns.events(request) },
    { ...read, path: one, serve: (request) => nouns.show(request) },
    { ...read, path: `${one}/proposal`, serve: (request) => nouns.proposal(request) },
    { ...change, path: `${one}/approve`, serve: (request) => nouns.approve(request) },
    { ...change, path: `${one}/deny`, serve: (request) => nouns.deny(request) },
    { ...change, path: `${one}/revoke`, serve: (request) => nouns.revoke(request) },
    { ...change, path: `${one}/cancel`, serve: (request) => nouns.cancel(request) },
  ];
}

class ApprovalNouns {
  readonly #desk: ApprovalDesk;
  readonly #streams: ApprovalStreams;

  constructor({ onChange, ...options }: ApprovalRoutesOptions) {
    const { approvals, clock, log } = options;
    this.#desk = new ApprovalDesk(options);
    this.#streams = new ApprovalStreams({ get: (id) => approvals.get(id), onChange, clock, log });
  }

  async list({ identity, query }: AdminRequest): Promise<AdminAnswer> {
    return { body: await this.#desk.list(this.#desk.viewer(identity), listQuery(query)) };
  }

  async events({ identity }: AdminRequest): Promise<AdminAnswer> {
    const body = this.#streams.open(this.#desk.viewer(identity), identity);
    return { body, type: 'text/event-stream' };
  }

  async show({ identity, params: { id = '' } }: AdminRequest): Promise<AdminAnswer> {
    const viewer = this.#desk.viewer(identity);
    return { body: await this.#desk.page(await this.#desk.find(id, viewer), viewer) };
  }

  async proposal({ identity, params: { id = '' } }: AdminRequest): Promise<AdminAnswer> {
    const approval = await this.#desk.find(id, this.#desk.viewer(identity));
    return { body: { id, ...this.#desk.proposal(approval) } };
  }

  async approve({ identity, params: { id = '' }, body }: AdminRequest): Promise<AdminAnswer> {
    const viewer = this.#desk.viewer(identity);
    const approval = await this.#desk.approve(id, viewer, approveBody(body), VIA);
    return { body: await this.#desk.page(approval, viewer) };
  }

  async deny({ identity, params: { id = '' }, body }: AdminRequest): Promise<AdminAnswer> {
    const viewer = this.#desk.viewer(identity);
    const approval = await this.#desk.deny(id, viewer, reasonBody(body), VIA);
    return { body: await this.#desk.page(approval, viewer) };
  }

  async revoke({ identity, params: { id = '' }, body }: AdminRequest): Promise<AdminAnswer> {
    const viewer = this.#desk.viewer(identity);
    const approval = await this.#desk.revoke(id, viewer, reasonBody(body), VIA);
    return { body: await this.#desk.page(approval, viewer) };
  }

  async cancel({ identity, params: { id = '' }, body }: AdminRequest): Promise<AdminAnswer> {
    const viewer = this.#desk.viewer(identity);
    const approval = await this.#desk.cancel(id, viewer, reasonBody(body), VIA);
    return { body: await this.#desk.page(approval, viewer) };
  }
}
