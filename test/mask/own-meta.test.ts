import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { Frame } from '../../src/model/message.ts';
import type { Verdict } from '../../src/pipeline/contract.ts';
import type { ExchangeInit } from '../../src/pipeline/exchange.ts';
import { asked, leaving, request, TestGate, told } from '../support/gate.ts';

type Facts = Partial<ExchangeInit>;
const inSession: Facts = { session: { name: 'a', client: {}, protocol: '2025-11-25' } };
const stateless: Facts = { session: { name: '', client: {}, protocol: '2026-07-28' } };

async function last(gate: TestGate, facts: Facts, ...frames: readonly Frame[]) {
  const [first] = frames;
  if (!first) throw new Error('no frame');
  const exchange = gate.exchange(first, facts);
  let verdict: Verdict | undefined;
  for (const frame of frames) verdict = await gate.gate.pass(frame, exchange);
  return leaving(verdict) as { result?: JsonObject; error?: JsonObject; params?: JsonObject };
}

describe('_meta of what an upstream sends of its own', () => {
  const masked = [
    {
      id: 'all',
      on: { methods: ['**'], tools: ['*'] },
      then: 'allow',
      mask: [{ find: ['email'] }],
    },
  ] as const;
  it.each([
    ['progressToken', 'joe@example.com'],
    ['io.modelcontextprotocol/subscriptionId', 'joe@example.com'],
  ])('is masked under %s too', async (key, value) => {
    const gate = new TestGate(masked as never);
    const frame = told('notifications/message', {
      level: 'info',
      data: 'x',
      _meta: { [key]: value },
    });
    expect(JSON.stringify(await last(gate, inSession, frame))).not.toContain(value);
  });

  const key = 'io.modelcontextprotocol/subscriptionId';
  const _meta = { progressToken: 'joe@example.com', [key]: 'joe@example.com' };

  it('keeps the token under which an upstream hears of progress', async () => {
    const ask = asked('sampling/createMessage', { messages: [], _meta });
    const left = await last(new TestGate(masked as never), inSession, ask);
    expect(left.params?._meta).toEqual({ ..._meta, [key]: '[redacted:email]' });
    const params = { progressToken: 'joe@example.com', progress: 1, _meta };
    const told1 = await last(
      new TestGate(masked as never),
      inSession,
      told('notifications/progress', params),
    );
    expect(told1.params).toMatchObject({
      progressToken: 'joe@example.com',
      _meta: { progressToken: '[redacted:email]', [key]: '[redacted:email]' },
    });
  });

  it('keeps the id of a subscription in that subscription', async () => {
    const listen = request('subscriptions/listen', { notifications: {} });
    const news = told('notifications/tools/list_changed', { _meta });
    const left = await last(new TestGate(masked as never), stateless, listen, news);
    expect(left.params?._meta).toEqual({ ..._meta, progressToken: '[redacted:email]' });
  });
});
