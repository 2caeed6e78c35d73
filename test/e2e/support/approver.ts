import { setTimeout as delay } from 'node:timers/promises';
import type { ApprovalState } from '../../../src/model/approval.ts';
import type { RunningGate } from './gate.ts';

/** An approval, as the admin API shows it. */
interface Shown {
  readonly id: string;
  readonly state: ApprovalState;
  readonly target: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what they expect.
  readonly [more: string]: any;
}

/** Somebody who decides approvals over the admin API. */
export class Approver {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  static async of({ daemon: { adminUrl = '' }, issuer }: RunningGate, user = 'bob') {
    return new Approver(adminUrl, await issuer.tokenFor(user, `${adminUrl}/v1`));
  }

  /** Approvals in a state, the newest first. */
  async list(state: ApprovalState = 'pending'): Promise<readonly Shown[]> {
    const { approvals } = await this.#send(`?state=${state}`);
    return approvals;
  }

  /** The pending one of a target that came last, once there is one. */
  async asked(target: string): Promise<Shown> {
    for (;;) {
      const found = (await this.list()).find((it) => it.target === target);
      if (found) return found;
      await delay(10);
    }
  }

  /** Its state once it has ended. */
  async ended(id: string): Promise<string> {
    for (;;) {
      const { state } = await this.get(id);
      if (state !== 'pending' && state !== 'granted') return state;
      await delay(10);
    }
  }

  async get(id: string): Promise<Shown> {
    return this.#send(`/${id}`);
  }

  async approve(id: string): Promise<void> {
    await this.#send(`/${id}/approve`, {});
  }

  async deny(id: string, reason: string): Promise<void> {
    await this.#send(`/${id}/deny`, { reason });
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look at what they expect.
  async #send(path: string, body?: object): Promise<any> {
    const authorization = `Bearer ${this.#token}`;
    const response = await fetch(`${this.#url}/v1/approvals${path}`, {
      headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }
}
