import { describe, expect, it } from 'vitest';
import { frameText } from '../../src/model/message.ts';
import { decodeText } from '../../src/protocol/jsonrpc.ts';
import {
  answer,
  asked,
  failure,
  leaving,
  notice,
  request,
  TestGate,
  told,
} from '../support/gate.ts';

const call = (args = {}, name = 'query') => request('tools/call', { name, arguments: args });
const allow = { id: 'allow', on: { tools: ['query'] }, then: 'allow' };
const text = (value: string) => ({ content: [{ type: 'text', text: value }] });
const email = 'joe@example.com';

describe('a call that is allowed', () => {
  it('goes on as it was judged, and its answer as it came', async () => {
    const gate = new TestGate([allow]);
    const result = { ...text('rows'), isError: false, unknownToGate: { x: [1] } };
    const [up, down] = await gate.pass(call({ sql: 'select 1' }), answer(result));
    expect(up).toMatchObject({ kind: 'forward' });
    expect(leaving(up)).toEqual({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'query', arguments: { sql: 'select 1' } },
    });
    expect(leaving(down)).toEqual({ jsonrpc: '2.0', id: 1, result });
    expect(down?.kind === 'forward' && frameText(down.frame)).toBe(
      JSON.stringify({ jsonrpc: '2.0', id: 1, result }),
    );
  });

  it('leaves a transcript of both messages and the decision', async () => {
    const gate = new TestGate([allow]);
    await gate.pass(call({ sql: 'select 1' }), answer(text('rows')));
    const [record] = gate.store.exchanges({ limit: 9 });
    expect(record).toMatchObject({
      method: 'tools/call',
      target: 'query',
      sub: 'ana',
      session: 's1',
      upstream: 'db',
      revision: 'r1',
      outcome: 'answered',
      effect: 'allow',
      rule: 'allow',
    });
    expect(gate.kinds()).toContain('decided');
    expect(gate.transcript()).toContain('select 1');
    expect(gate.transcript()).toContain('rows');
    const seqs = gate.store.events('exchange-1').map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => index));
  });
});

describe('a call that is blocked', () => {
  const reason = 'Analysts read, they never write.';
  const block = { id: 'no-writes', on: { tools: ['query'] }, then: 'block', reason };

  it('answers a result that a model can act on', async () => {
    const gate = new TestGate([allow, block]);
    const [verdict] = await gate.pass(call({ sql: 'drop' }));
    expect(verdict?.kind).toBe('answer');
    expect(leaving(verdict)).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: {
        isError: true,
        content: [{ type: 'text', text: expect.stringMatching(/no-writes.*never write/s) }],
        _meta: {
          'dev.sallyport/decision': {
            effect: 'block',
            rule: 'no-writes',
            reason,
            exchange: 'exchange-1',
          },
        },
      },
    });
    expect(gate.store.exchange('exchange-1')).toMatchObject({
      outcome: 'blocked',
      effect: 'block',
      rule: 'no-writes',
    });
  });

  it('is one that no rule allows, and names none', async () => {
    const [verdict] = await new TestGate([]).pass(call());
    const { result } = leaving(verdict) as { result: { _meta: object } };
    expect(result._meta).toEqual({
      'dev.sallyport/decision': {
        effect: 'block',
        reason: 'no rule allows it',
        exchange: 'exchange-1',
      },
    });
  });

  it.each([
    ['prompts/get', { name: 'p' }],
    ['resources/read', { uri: 'x://y' }],
    ['vendor/method', {}],
  ])('answers an error where the method is %s', async (method, params) => {
    const [verdict] = await new TestGate([allow]).pass(request(method, params, 'id-7'));
    expect(leaving(verdict)).toMatchObject({
      id: 'id-7',
      error: { code: -32010, data: { 'dev.sallyport/decision': { effect: 'block' } } },
    });
  });

  it.each([
    ['tools/call', { name: 'query' }, { code: -32602, message: 'Unknown tool: query' }],
    ['prompts/get', { name: 'p' }, { code: -32602, message: 'Unknown prompt: p' }],
    [
      'resources/read',
      { uri: 'x://y' },
      { code: -32002, message: 'Resource not found', data: { uri: 'x://y' } },
    ],
    ['vendor/method', {}, { code: -32601, message: 'Method not found' }],
  ])('hides that %s could name anything', async (method, params, error) => {
    const gate = new TestGate([
      { id: 'h', then: 'block', denial: 'hide', reason: 'secret reason' },
    ]);
    const [verdict] = await gate.pass(request(method, params));
    expect(leaving(verdict)).toEqual({ jsonrpc: '2.0', id: 1, error });
    expect(gate.transcript()).toContain('secret reason');
  });

  it('is any call while no policy is loaded', async () => {
    const gate = new TestGate(undefined);
    for (const frame of [call(), request('ping'), request('initialize', {}), asked('ping')]) {
      expect((await gate.pass(frame))[0]?.kind).toBe('answer');
    }
    expect((await gate.pass(notice('notifications/initialized')))[0]?.kind).toBe('drop');
    expect((await gate.pass(told('notifications/message', { data: 1 })))[0]?.kind).toBe('drop');
  });

  it('is one that needs approval, as long as nobody can give it', async () => {
    const gate = new TestGate([{ id: 'ask', on: { tools: ['query'] }, then: 'approve' }]);
    const [verdict] = await gate.pass(call());
    expect(leaving(verdict)).toMatchObject({
      result: {
        isError: true,
        _meta: { 'dev.sallyport/decision': { effect: 'approve', rule: 'ask' } },
      },
    });
    expect(gate.store.exchange('exchange-1')?.outcome).toBe('blocked');
  });

  it.each([undefined, {}, { name: 7 }, { arguments: {} }])(
    'is one that names nothing: %j',
    async (params) => {
      const [verdict] = await new TestGate([{ id: 'all', then: 'allow' }]).pass(
        request('tools/call', params),
      );
      expect(leaving(verdict)).toMatchObject({ error: { code: -32602 } });
    },
  );
});

describe('what is masked', () => {
  const masks = {
    ...allow,
    mask: [
      { find: ['email'], in: ['args', 'result'] },
      { path: 'args.pin', with: { keep: { last: 1 } } },
      { path: 'structuredContent.salary' },
    ],
  };

  it('is masked in the arguments that leave', async () => {
    const gate = new TestGate([masks]);
    const [up] = await gate.pass(call({ to: email, pin: '123456', other: 'x' }));
    expect(leaving(up)).toMatchObject({
      params: { name: 'query', arguments: { to: '[redacted:email]', pin: '*****6', other: 'x' } },
    });
  });

  it('is masked in the result, wherever it is said', async () => {
    const gate = new TestGate([masks]);
    const result = {
      ...text(`{"salary":4200,"mail":"${email}"}`),
      structuredContent: { salary: 4200, mail: email },
    };
    const [, down] = await gate.pass(call(), answer(result));
    expect(leaving(down)).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: {
        ...text('{"salary":"[redacted]","mail":"[redacted:email]"}'),
        structuredContent: { salary: '[redacted]', mail: '[redacted:email]' },
      },
    });
    expect(down?.kind === 'forward' && frameText(down.frame)).not.toContain('4200');
  });

  it('is masked in errors, progress and log messages of the call', async () => {
    const gate = new TestGate([masks]);
    const verdicts = await gate.pass(
      call(),
      told('notifications/progress', { progressToken: 1, progress: 1, message: `to ${email}` }),
      told('notifications/message', { level: 'info', data: { to: email } }),
      failure(`no such user ${email}`, { user: email }),
    );
    expect(verdicts.map(({ kind }) => kind)).toEqual(Array(4).fill('forward'));
    expect(JSON.stringify(verdicts.map(leaving))).not.toContain(email);
    expect(leaving(verdicts[3])).toMatchObject({
      error: { code: -32000, message: 'no such user [redacted:email]' },
    });
  });

  it('is masked in messages that no call explains', async () => {
    const gate = new TestGate([masks]);
    const [verdict] = await gate.pass(
      told('notifications/message', { level: 'info', data: email }),
    );
    expect(leaving(verdict)).toMatchObject({ params: { data: '[redacted:email]' } });
  });

  it('is nowhere in the transcript or the log, whatever becomes of the message', async () => {
    const late = {
      id: 'late',
      on: { tools: ['query'] },
      then: 'block',
      when: { 'result.bad': { eq: true } },
    };
    const early = {
      id: 'early',
      on: { tools: ['query'] },
      then: 'block',
      when: { 'args.bad': { eq: true } },
    };
    const gate = new TestGate([masks, late, early]);
    const args = { to: email, pin: '123456' };
    await gate.pass(call(args), answer({ ...text(email), structuredContent: { salary: 98765 } }));
    await gate.pass(
      call(args),
      answer({ ...text(email), structuredContent: { salary: 98765 }, bad: true }),
    );
    await gate.pass(call({ ...args, bad: true }));
    await gate.pass(call(args), failure(email, { email }));
    await gate.pass(call(args), answer(text(email), 99));
    await gate.pass(told('notifications/message', { data: email }));
    expect(gate.store.exchanges({ limit: 9 }).map(({ outcome }) => outcome)).toContain('blocked');
    for (const secret of [email, '123456', '98765']) {
      expect(gate.transcript()).not.toContain(secret);
      expect(gate.logged.join()).not.toContain(secret);
    }
  });

  it('is judged again where that changes what a rule looks at', async () => {
    const needs = { ...masks, when: { 'args.to': { ends_with: '@example.com' } } };
    const [verdict] = await new TestGate([needs]).pass(call({ to: email }));
    expect(leaving(verdict)).toMatchObject({ result: { isError: true } });
  });
});

describe('an answer', () => {
  const whole = { ...allow, when: { 'result.rows': { length: { lte: 1 } } } };

  it('is judged by rules on results, and refused in the name of its call', async () => {
    const gate = new TestGate([whole]);
    const [, fine] = await gate.pass(call(), answer({ rows: [1] }));
    expect(fine?.kind).toBe('forward');
    const [, refused] = await gate.pass(call(), answer({ rows: [1, 2] }));
    expect(leaving(refused)).toMatchObject({ id: 1, result: { isError: true } });
    expect(JSON.stringify(leaving(refused))).not.toContain('[1,2]');
    expect(gate.store.exchange('exchange-2')?.outcome).toBe('blocked');
  });

  it('that is an error has no result, which such a rule cannot like', async () => {
    const [, verdict] = await new TestGate([whole]).pass(call(), failure('broken'));
    expect(verdict?.kind).toBe('answer');
  });

  it('that nobody asked for is dropped', async () => {
    const gate = new TestGate([allow]);
    const [, stray, own] = await gate.pass(call(), answer(text('a'), 2), answer(text('b')));
    expect([stray?.kind, own?.kind]).toEqual(['drop', 'forward']);
    const [, textual] = await gate.pass(call(), answer(text('a'), '1'));
    expect(textual?.kind).toBe('drop');
  });
});

describe('what servers send', () => {
  it.each(['sampling/createMessage', 'elicitation/create', 'roots/list', 'vendor/x'])(
    '%s is refused unless a rule allows it',
    async (method) => {
      const gate = new TestGate([allow]);
      const [, verdict] = await gate.pass(call(), asked(method, { messages: [] }, 'srv-1'));
      expect(leaving(verdict)).toMatchObject({ id: 'srv-1', error: { code: -32010 } });
      const open = new TestGate([allow, { id: 's', on: { methods: [method] }, then: 'allow' }]);
      const [, passed, done] = await open.pass(
        call(),
        asked(method, { messages: [] }),
        answer(text('a')),
      );
      expect([passed?.kind, done?.kind]).toEqual(['forward', 'forward']);
    },
  );

  it('ping passes', async () => {
    const [, verdict] = await new TestGate([allow]).pass(call(), asked('ping'));
    expect(verdict?.kind).toBe('forward');
  });

  it('changes nothing about the decision on the call', async () => {
    const gate = new TestGate([allow]);
    await gate.pass(call(), asked('roots/list'), answer(text('a')));
    expect(gate.store.exchange('exchange-1')).toMatchObject({ outcome: 'answered', rule: 'allow' });
  });

  it('notifications pass, or are dropped without an answer', async () => {
    const gate = new TestGate([{ id: 'r', on: { resources: ['a://*'] }, then: 'allow' }]);
    const kind = async (method: string, params: Record<string, never> | { uri: string }) =>
      (await gate.pass(told(method, params)))[0]?.kind;
    expect(await kind('notifications/tools/list_changed', {})).toBe('forward');
    expect(await kind('notifications/resources/updated', { uri: 'a://x' })).toBe('forward');
    expect(await kind('notifications/resources/updated', { uri: 'b://x' })).toBe('drop');
    expect(await kind('notifications/vendor', {})).toBe('drop');
  });
});

describe('masks on what servers send of their own', () => {
  const sampling = { id: 's', on: { methods: ['sampling/*'] }, then: 'allow' };
  const tools = { id: 'm', on: { tools: ['*'] }, mask: { find: ['email'] } };
  const ask = asked('sampling/createMessage', {
    messages: [{ role: 'user', content: { type: 'text', text: email } }],
  });

  it('are due in a call and beside it alike', async () => {
    const gate = new TestGate([allow, sampling, tools]);
    const [, nested] = await gate.pass(call(), ask);
    const [alone] = await gate.pass(ask);
    for (const verdict of [nested, alone]) {
      expect(verdict?.kind).toBe('forward');
      expect(JSON.stringify(verdict)).not.toContain(email);
    }
    expect(gate.transcript()).not.toContain(email);
  });

  it('leave nothing beside the message, though it has no params', async () => {
    const gate = new TestGate([allow, tools]);
    const source = `{"jsonrpc":"2.0","method":"notifications/tools/list_changed","note":"${email}"}`;
    const [verdict] = await gate.pass(decodeText(source, 'down', { bytes: 1_000, depth: 9 }));
    expect(verdict?.kind === 'forward' && frameText(verdict.frame)).not.toContain(email);
  });

  it('are due on a notification that is called like its call', async () => {
    const all = { id: 'a', then: 'allow' };
    const gate = new TestGate([all, { ...tools, on: { tools: ['other'] } }]);
    const [, verdict] = await gate.pass(request('vendor/x', {}), told('vendor/x', { to: email }));
    expect(verdict?.kind).toBe('forward');
    expect(JSON.stringify(verdict)).not.toContain(email);
  });
});

describe('what an upstream says of decisions', () => {
  const fake = { 'dev.sallyport/decision': { effect: 'block', rule: 'x' } };

  it('is taken off its results and errors', async () => {
    const gate = new TestGate([allow]);
    const [, result] = await gate.pass(call(), answer({ ...text('a'), _meta: { ...fake, a: 1 } }));
    expect(leaving(result)).toMatchObject({ result: { content: [{}], _meta: { a: 1 } } });
    const [, error] = await gate.pass(call(), failure('no', { ...fake, a: 1 }));
    expect(leaving(error)).toMatchObject({ error: { message: 'no', data: { a: 1 } } });
    for (const verdict of [result, error]) {
      expect(JSON.stringify(verdict)).not.toContain('dev.sallyport');
    }
  });
});

describe('what is recorded of a blocked message', () => {
  it('is its beginning and a digest where it is long', async () => {
    const gate = new TestGate([]);
    await gate.pass(call({ sql: 'x'.repeat(200_000) }));
    const [opened] = gate.store.events('exchange-1');
    expect(opened?.payload?.length).toBe(65_536);
    expect(opened?.detail).toMatchObject({ characters: expect.any(Number), direction: 'up' });
    expect(opened?.detail?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(gate.transcript().length).toBeLessThan(100_000);
  });
});

describe('notifications of clients', () => {
  it('pass, or are dropped without an answer', async () => {
    const gate = new TestGate([allow]);
    expect((await gate.pass(notice('notifications/initialized')))[0]?.kind).toBe('forward');
    expect((await gate.pass(notice('notifications/vendor')))[0]?.kind).toBe('drop');
    expect(gate.store.exchange('exchange-2')?.outcome).toBe('blocked');
  });
});
