import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/model/decision.ts';
import type { TranscriptBatch } from '../../src/model/transcript.ts';
import type { PolicySet } from '../../src/policy/policy-set.ts';
import type { Subject } from '../../src/policy/subject.ts';
import { answer, asked, leaving, notice, request, TestGate, told } from '../support/gate.ts';
import { everything } from '../support/masks.ts';

const call = (args = {}, name = 'query') => request('tools/call', { name, arguments: args });
const allow = { id: 'allow', on: { tools: ['query'] }, then: 'allow' };
const text = (value: string) => ({ content: [{ type: 'text', text: value }] });
const email = 'joe@example.com';

describe('when something breaks', () => {
  const refusing = { append: () => Promise.reject(new Error('disk full')) };

  it('nothing leaves unrecorded', async () => {
    const gate = new TestGate([allow], { recorder: refusing });
    const [up, down] = await gate.pass(call(), answer(text('secret')));
    expect(leaving(up)).toMatchObject({ id: 1, error: { data: { code: 'STORE_UNAVAILABLE' } } });
    expect(leaving(down)).toMatchObject({ id: 1, error: { data: { code: 'STORE_UNAVAILABLE' } } });
    expect((await gate.pass(notice('notifications/initialized')))[0]?.kind).toBe('drop');
    expect(gate.logged.join()).toContain('disk full');
    expect(JSON.stringify([up, down])).not.toContain('disk full');
  });

  it('all goes on where the operator wants that, and the log says so', async () => {
    const gate = new TestGate([allow], { recorder: refusing, required: false });
    const [up, down] = await gate.pass(call(), answer(text('a')));
    expect([up?.kind, down?.kind]).toEqual(['forward', 'forward']);
    expect(gate.logged.join()).toContain('STORE_UNAVAILABLE');
    expect((await gate.pass(call({}, 'drop')))[0]?.kind).toBe('answer');
  });

  /** A store that can be out of order. */
  function breakable(options: { required: boolean }) {
    const state = { broken: false };
    const recorder = {
      append: (batch: TranscriptBatch): Promise<void> =>
        state.broken ? Promise.reject(new Error('disk full')) : gate.store.append(batch),
    };
    const gate: TestGate = new TestGate([allow], { recorder, ...options });
    return { state, gate };
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('an exchange whose answer was withheld is closed once the store is well', async () => {
    const { state, gate } = breakable({ required: true });
    const exchange = gate.exchange(call());
    await gate.gate.pass(call(), exchange);
    state.broken = true;
    const verdict = await gate.gate.pass(answer(text('secret')), exchange);
    expect(leaving(verdict)).toMatchObject({ error: { data: { code: 'STORE_UNAVAILABLE' } } });
    expect(exchange.closed).toBe(true);
    expect(gate.store.exchange('exchange-1')?.outcome).toBe('open');
    state.broken = false;
    await gate.pass(call());
    await settled();
    expect(gate.store.exchange('exchange-1')?.outcome).toBe('failed');
    const events = gate.store.events('exchange-1');
    expect(events.at(-2)).toMatchObject({ kind: 'failed', detail: { code: 'STORE_UNAVAILABLE' } });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
  });

  it('what could not be written at first has its head when it can, where calls go on', async () => {
    const { state, gate } = breakable({ required: false });
    const exchange = gate.exchange(call());
    state.broken = true;
    await gate.gate.pass(call({ sql: 'x'.repeat(100_000) }), exchange);
    state.broken = false;
    await gate.gate.pass(answer(text('rows')), exchange);
    expect(gate.store.exchange('exchange-1')).toMatchObject({ outcome: 'answered', sub: 'ana' });
    expect(gate.kinds()).toEqual(['opened', 'decided', 'forwarded', 'answered']);
    const [opened] = gate.store.events('exchange-1');
    expect(opened?.payload?.length).toBe(65_536);
    expect(opened?.detail?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('the log counts what the store did not take, and does not repeat itself', async () => {
    const { state, gate } = breakable({ required: false });
    state.broken = true;
    for (let i = 0; i < 20; i++) await gate.pass(call(), answer(text('a')));
    expect(gate.logged).toHaveLength(1);
    state.broken = false;
    await gate.pass(call());
    await settled();
    expect(gate.logged).toHaveLength(2);
    expect(gate.logged[1]).toContain('"failed":40,"late":20,"lost":0');
    expect(gate.store.exchanges({ limit: 99 })).toHaveLength(21);
  });

  it('a record that can not even be made is a refusal', async () => {
    const gate = new TestGate([allow]);
    const exchange = gate.exchange(call());
    exchange.attach = () => {
      throw new Error('no');
    };
    const verdict = await gate.gate.pass(call(), exchange);
    expect(leaving(verdict)).toMatchObject({ error: { data: { code: 'STORE_UNAVAILABLE' } } });
    expect(gate.logged.join()).toContain('STAGE_FAULT');
  });

  it('is recorded before it leaves', async () => {
    let kept: (() => void) | undefined;
    const slow = {
      append: () =>
        new Promise<void>((resolve) => {
          kept = resolve;
        }),
    };
    const gate = new TestGate([allow], { recorder: slow });
    let left = false;
    const passing = gate.pass(call()).then(() => {
      left = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(left).toBe(false);
    kept?.();
    await passing;
  });

  /** A gate whose policies fail in a way that ours should not. */
  function failing(judge: (decision: Decision) => Decision): TestGate {
    const gate = new TestGate([allow]);
    const policies = gate.snapshot.policies as PolicySet;
    const broken: PolicySet = Object.create(policies, {
      judge: { value: (subject: Subject) => judge(policies.judge(subject)) },
    });
    return Object.assign(gate, { snapshot: { ...gate.snapshot, policies: broken } });
  }

  it('a stage that throws is a recorded block', async () => {
    const gate = failing(() => {
      throw new Error(`cannot read ${email}`);
    });
    const [verdict] = await gate.pass(call({ to: email }));
    expect(leaving(verdict)).toMatchObject({ id: 1, result: { isError: true } });
    expect(gate.store.exchange('exchange-1')?.outcome).toBe('blocked');
    expect(gate.logged.join()).toContain('STAGE_FAULT');
    expect(JSON.stringify(verdict) + gate.transcript()).not.toContain(email);
  });

  it('masking that throws is a recorded block too, and what it should have masked is not recorded', async () => {
    const impossible = { ...everything, with: { masker: 'impossible' } as never };
    const gate = failing((decision) => ({ ...decision, masks: [impossible] }));
    const [verdict] = await gate.pass(call({ to: email }));
    expect(verdict?.kind).toBe('answer');
    expect(gate.store.exchange('exchange-1')?.outcome).toBe('blocked');
    expect(gate.transcript()).not.toContain(email);
  });
});

describe('approvals and masks at the edges', () => {
  it('approve stops notifications and requests of servers as well', async () => {
    const ask = {
      id: 'ask',
      on: { methods: ['sampling/*', 'notifications/vendor'] },
      then: 'approve',
    };
    const gate = new TestGate([allow, ask]);
    const [, sampling] = await gate.pass(call(), asked('sampling/createMessage', { messages: [] }));
    expect(sampling?.kind).toBe('answer');
    expect((await gate.pass(notice('notifications/vendor')))[0]?.kind).toBe('drop');
    expect((await gate.pass(told('notifications/vendor')))[0]?.kind).toBe('drop');
  });

  it('a mask that the call brought stays due when the answer is judged with masked arguments', async () => {
    const gate = new TestGate([
      allow,
      { id: 'hide-args', mask: { find: ['email'], in: ['args'] } },
      {
        id: 'hide-rows',
        when: { 'args.to': { ends_with: '@example.com' } },
        mask: { path: 'structuredContent.pay' },
      },
      { id: 'late', then: 'block', when: { 'result.bad': { eq: true } } },
    ]);
    const [, down] = await gate.pass(
      call({ to: email }),
      answer({ structuredContent: { pay: 98765 } }),
    );
    expect(leaving(down)).toMatchObject({ result: { structuredContent: { pay: '[redacted]' } } });
    expect(gate.transcript()).not.toContain('98765');
  });

  it('what a server sends is in the transcript as masked as it would have left', async () => {
    const mask = { id: 'm', on: { tools: ['other'] }, mask: { find: ['email'] } };
    const block = { id: 'b', on: { methods: ['notifications/message'] }, then: 'block' };
    const gate = new TestGate([allow, mask, block]);
    const [, verdict] = await gate.pass(call(), told('notifications/message', { data: email }));
    expect(verdict?.kind).toBe('drop');
    expect(gate.transcript()).not.toContain(email);
  });
});
