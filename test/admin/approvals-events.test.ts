import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApprovalsGate } from './approvals-gate.ts';

let gate: ApprovalsGate;
let stopped = false;
beforeAll(async () => {
  gate = await ApprovalsGate.start();
});
afterAll(() => (stopped ? undefined : gate?.stop()));

/** A stream of events, as somebody reads it. */
class Listener {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #abort: AbortController;
  text = '';

  static async start(sub: string): Promise<Listener> {
    const abort = new AbortController();
    const response = await fetch(`${gate.url}/v1/approvals/events`, {
      headers: { authorization: `Bearer ${await gate.token(sub)}` },
      signal: abort.signal,
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const listener = new Listener(response.body as ReadableStream<Uint8Array>, abort);
    await listener.until('retry');
    return listener;
  }

  private constructor(body: ReadableStream<Uint8Array>, abort: AbortController) {
    this.#reader = body.getReader();
    this.#abort = abort;
  }

  async until(part: string): Promise<string> {
    while (!this.text.includes(part)) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`the stream ended without ${part}`);
      this.text += Buffer.from(value).toString('utf8');
    }
    return this.text;
  }

  stop(): void {
    this.#abort.abort();
  }
}

async function statusFor(sub: string): Promise<number> {
  const headers = { authorization: `Bearer ${await gate.token(sub)}` };
  const response = await fetch(`${gate.url}/v1/approvals/events`, { headers });
  await response.body?.cancel();
  return response.status;
}

describe('the name of the stream', () => {
  it('takes no part of the path for an id', async () => {
    expect((await gate.send('dan', '/event')).status).toBe(404);
  });
});

describe('the stream of events', () => {
  it('tells what changes to whoever may see it, and nothing else', async () => {
    const dan = await Listener.start('dan');
    const eve = await Listener.start('eve');
    const ana = await Listener.start('ana');
    const { id } = await gate.ask('execute', { sql: 'delete from carts' });
    const others = await gate.ask('restart');
    await gate.send('dan', `/${id}/approve`, { reason: 'fine' });
    const text = await dan.until('"granted"');
    expect(text).toContain(`id: ${id}.2\nevent: approval\ndata: {`);
    expect(text).not.toContain('delete from carts');
    expect(text).not.toContain(others.id);
    expect(await ana.until('"granted"')).toContain(others.id);
    // What would have come for eve has come before this.
    const own = await gate.ask('restart', {}, { caller: { issuer: gate.issuer.url, sub: 'eve' } });
    expect(await eve.until(own.id)).not.toContain(id);
    for (const one of [dan, eve, ana]) one.stop();
  });

  it('is not for everybody at once', async () => {
    const open: Listener[] = [];
    for (let many = 0; many < 10; many++) open.push(await Listener.start('vera'));
    expect(await gate.brief('vera', '/events')).toEqual([429, 'ADMIN_STREAMS']);
    (await Listener.start('olaf')).stop();
    open.pop()?.stop();
    // The gate hears of it a moment later.
    await expect.poll(() => statusFor('vera')).toBe(200);
    for (const one of open) one.stop();
  });

  it('ends when the gate stops', async () => {
    const dan = await Listener.start('dan');
    await gate.stop();
    stopped = true;
    await expect(dan.until('nothing more')).rejects.toThrow();
  });
});
