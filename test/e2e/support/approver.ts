import { setTimeout as delay } from 'node:timers/promises';
import type { RunningGate } from './gate.ts';
/** An approval, as far as these tests look into what the admin API says of it. */
export interface Shown {
  readonly id: string;
  readonly state: string;
  readonly target: string;
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

  async list(): Promise<readonly Shown[]> {
    const { approvals } = (await this.#send('/v1/approvals')) as { approvals: readonly Shown[] };
    return approvals;
  }

  /** The pending one of a target that came last, once there is one. */
  async asked(target: string): Promise<Shown> {
    for (;;) {
      const found = (await this.list()).find(
        (it) => it.state === 'pending' && it.target === target,
      );
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
    return (await this.#send(`/v1/approvals/${id}`)) as Shown;
  }

  async approve(id: string, more: object = {}): Promise<void> {
    await this.#send(`/v1/approvals/${id}/approve`, more);
  }

  async deny(id: string, reason: string): Promise<void> {
    await this.#send(`/v1/approvals/${id}/deny`, { reason });
  }

  async #send(path: string, body?: object): Promise<unknown> {
    const authorization = `Bearer ${this.#token}`;
    const response = await fetch(`${this.#url}${path}`, {
      headers: { authorization, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
}
