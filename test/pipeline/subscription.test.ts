import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { Frame } from '../../src/model/message.ts';
import { ExchangeOpener } from '../../src/pipeline/exchange-opener.ts';
import { Subscription } from '../../src/pipeline/subscription.ts';
import { Subscriptions } from '../../src/pipeline/subscriptions.ts';
import type { UpstreamLink, UpstreamSink } from '../../src/transport/contract.ts';
import { answer, request, TestGate, told } from '../support/gate.ts';
import { testContext } from '../support/masks.ts';
import { ana } from '../support/policies.ts';

const ID = 'io.modelcontextprotocol/subscriptionId';
const wanted = { toolsListChanged: true, resourceSubscriptions: ['a:/1'] };
const listen = request('subscriptions/listen', { notifications: wanted }, 's1');

/** The upstream's side of what was sent. */
let upstream: UpstreamSink;
let got: JsonObject[];
const link: UpstreamLink = {
  send: (_frame, _session, sink) => {
    upstream = sink;
  },
  listen: () => undefined,
  end: async () => undefined,
  stop: async () => undefined,
};
const client: UpstreamSink = {
  open: () => undefined,
  frame: (frame: Frame) => void got.push(frame.message as never),
  end: () => void got.push({ ended: true }),
  fail: ({ code }) => void got.push({ failed: code }),
};
const open = (subscription: Subscription) =>
  subscription.send(listen, { owner: 'ana' }, client, new AbortController().signal);

let subscription: Subscription;
beforeEach(() => {
  got = [];
  subscription = new Subscription(link);
  open(subscription);
});

const acknowledged = (notifications: object) => ({
  method: 'notifications/subscriptions/acknowledged',
  params: { notifications, _meta: { [ID]: 's1' } },
});

describe('a subscription', () => {
  it('hears nothing before it is acknowledged, and is acknowledged once', () => {
    void upstream.frame(told('notifications/tools/list_changed'));
    subscription.announce('tools');
    expect(got).toEqual([]);
    const ack = told('notifications/subscriptions/acknowledged', { notifications: wanted });
    void upstream.frame(ack);
    void upstream.frame(ack);
    expect(got).toMatchObject([acknowledged(wanted)]);
    expect(got).toHaveLength(1);
  });

  it('comes under the id of its own request, whatever the upstream says', () => {
    const notifications = { resourceSubscriptions: ['a:/1'] };
    const params = { notifications, _meta: { [ID]: 'other' } };
    void upstream.frame(told('notifications/subscriptions/acknowledged', params));
    void upstream.frame(told('notifications/resources/updated', { uri: 'a:/1' }));
    void upstream.frame(answer({ _meta: { [ID]: 9, own: 1 } }, 's1'));
    expect(got).toMatchObject([
      acknowledged(wanted),
      { params: { uri: 'a:/1', _meta: { [ID]: 's1' } } },
      { id: 's1', result: { resultType: 'complete', _meta: { [ID]: 's1', own: 1 } } },
    ]);
  });

  it('ends well even before it began', async () => {
    await subscription.conclude();
    expect(got).toMatchObject([
      acknowledged({ toolsListChanged: true }),
      { id: 's1', result: { resultType: 'complete', _meta: { [ID]: 's1' } } },
    ]);
  });

  it('goes on without an upstream that has no subscriptions', () => {
    const error = { code: -32601, message: 'no' };
    const message = { jsonrpc: '2.0', id: 's1', error } as const;
    void upstream.frame({ kind: 'error', direction: 'down', message });
    upstream.end();
    subscription.announce('tools');
    subscription.announce('prompts');
    const news = { method: 'notifications/tools/list_changed', params: { _meta: { [ID]: 's1' } } };
    expect(got).toMatchObject([acknowledged({ toolsListChanged: true }), news]);
    expect(got).toHaveLength(2);
  });

  it('ends with the token of its caller', () => {
    vi.useFakeTimers();
    try {
      const { gate, snapshot } = new TestGate([]);
      const exchanges = new ExchangeOpener(() => snapshot, Date.now, testContext.key);
      const identity = { ...ana, claims: { exp: Date.now() / 1_000 + 10 } };
      const subscriptions = new Subscriptions(gate, exchanges);
      const { link: own, close } = subscriptions.open(
        link,
        { identity, upstream: 'db' },
        { name: '', client: {} },
      );
      open(own);
      vi.advanceTimersByTime(69_000);
      expect(got).toEqual([]);
      vi.advanceTimersByTime(2_000);
      expect(got[0]).toMatchObject(acknowledged({ toolsListChanged: true }));
      close();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
