import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/model/json.ts';
import { likeness } from '../../../src/replay/mock/likeness.ts';
import { requestKey } from '../../../src/replay/mock/request-key.ts';
import { json } from '../../support/arbitraries.ts';
import { called, recorded } from '../../support/recorded.ts';
import { answered, asked, call, RecordedMock, result, text } from './recorded-mock.ts';

describe('a mock that matches strictly', () => {
  it('gives repeated calls their answers in recorded order, and the last one from then on', () => {
    const mock = new RecordedMock([
      call('count', { n: 1 }, 'one'),
      call('other', { n: 1 }, 'apart'),
      call('count', { n: 1 }, 'two'),
    ]);
    const seen = Array.from({ length: 4 }, () => mock.call('count', { n: 1 }));
    expect(seen).toEqual(['one', 'two', 'two', 'two']);
    expect(mock.call('other', { n: 1 })).toBe('apart');
    expect(mock.summary.report(mock.recording.size)).toMatchObject({ recorded: 3, replayed: 3 });
  });

  it.each<[string, Json | undefined, Json | undefined]>([
    ['members in another order', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
    ['no arguments as none', {}, undefined],
    ['none as no arguments', undefined, {}],
    ['a number in other digits', { n: 1 }, JSON.parse('{"n":1.0}')],
  ])('takes %s', (_what, then, now) => {
    const params = { name: 'get', ...(then === undefined ? {} : { arguments: then }) };
    const mock = new RecordedMock([
      recorded({ target: 'get', params, steps: answered(text('x')) }),
    ]);
    expect(mock.call('get', now)).toBe('x');
  });

  it.each<[string, Json, Json]>([
    ['another value', { sql: 'select 1' }, { sql: 'select 2' }],
    ['another kind of value', { n: 1 }, { n: '1' }],
    ['a member more', { n: 1 }, { n: 1, limit: 5 }],
    ['a member less', { n: 1, limit: 5 }, { n: 1 }],
    ['items in another order', { ids: [1, 2] }, { ids: [2, 1] }],
    ['null for nothing', {}, { n: null }],
    ['text in other letters', { q: 'A' }, { q: 'a' }],
  ])('does not take %s', (_what, then, now) => {
    const mock = new RecordedMock([call('get', then, 'x')]);
    expect(mock.call('get', now)).toMatch(/^-32014 not recorded: tools\/call get with these arg/);
    expect(mock.summary.missedAny).toBe(true);
  });

  it('says which recorded call is nearest, and where it differs, but not by which value', () => {
    const far = call('query', { sql: 'delete from orders', limit: 1 }, 'far');
    const near = call('query', { sql: 'select name from customers', limit: 10 }, 'near');
    const mock = new RecordedMock([near, far]);
    const reply = mock.reply('tools/call', {
      name: 'query',
      arguments: { sql: 'select names from customers', limit: 10 },
    });
    expect(reply).toMatchObject({
      error: {
        data: {
          ...{ code: 'REPLAY_MISS', subject: 'tools/call query' },
          nearest: { exchange: near.record.id, differs: ['arguments.sql'], masked: false },
        },
      },
    });
    expect(JSON.stringify(reply)).not.toContain('customers');
  });

  it('says what was recorded where nothing of a tool was', () => {
    const mock = new RecordedMock([call('query', {}, 'x'), call('execute', {}, 'x')]);
    expect(mock.call('querry')).toBe(
      '-32014 not recorded: tools/call querry; recorded: tools/call query',
    );
    expect(mock.call('send_mail')).toContain('recorded: tools/call query, tools/call execute');
    expect(new RecordedMock([]).call('send_mail')).toContain('nothing else was');
  });

  it('takes a masked value for no other, and says that it may be the reason', () => {
    const steps = answered(text('x'));
    const mock = new RecordedMock([
      call('pay', { to: '[redacted:iban]', sum: 5 }, 'paid', {
        steps: [
          {
            kind: 'masked',
            detail: { masks: [{ what: 'iban' }], places: ['params.arguments.to'] },
          },
          ...steps,
        ],
      }),
    ]);
    expect(mock.call('pay', { to: 'DE02120300000000202051', sum: 5 })).toContain(
      'differs in arguments.to; values there were masked when it was recorded',
    );
    expect(mock.call('pay', { to: '[redacted:iban]', sum: 5 })).toBe('x');
  });

  it('knows a call by its original as well as by what a gate makes of it', () => {
    const one = call('pay', { to: '[redacted:iban]' }, 'paid');
    const [opened, ...rest] = one.events;
    const original = opened?.payload?.replace('[redacted:iban]', 'DE02120300000000202051');
    const unsealed = { ...one, events: [{ ...opened, original } as never, ...rest] };
    const mock = new RecordedMock([unsealed]);
    expect(mock.call('pay', { to: 'DE02120300000000202051' })).toBe('paid');
    expect(mock.call('pay', { to: '[redacted:iban]' })).toBe('paid');
    expect(mock.recording.size).toBe(1);
  });

  it('goes by what a request says, whoever sends it in which round', () => {
    const params = { name: 'ask', arguments: {}, _meta: { progressToken: 1 } };
    const resumed = { ...params, requestState: 'sealed', inputResponses: { who: { a: 1 } } };
    const mock = new RecordedMock([
      asked('tools/call', params, { resultType: 'input_required' }),
      asked('tools/call', resumed, text('hello')),
    ]);
    const first = mock.reply('tools/call', { ...params, _meta: { progressToken: 'other' } });
    expect(mock.said(first)).toContain('input_required');
    const second = mock.reply('tools/call', { ...resumed, requestState: 'sealed anew' });
    expect(mock.said(second)).toBe('hello');
    const other = mock.reply('tools/call', { ...resumed, inputResponses: { who: { a: 2 } } });
    expect(mock.said(other)).toContain('inputResponses.who.a');
  });
});

describe('a mock that matches loosely', () => {
  const uuid = (n: number) => `0190f3a2-0000-7000-8000-00000000000${n}`;

  it.each<[string, Json, Json]>([
    ['ids that each call has anew', { q: 'x', ref: uuid(1) }, { q: 'x', ref: uuid(2) }],
    ['moments', { from: '2026-01-31T12:00:00Z' }, { from: '2026-02-01T09:30:00.5+01:00' }],
    ['members by what they are called', { q: 1, request_id: 'a' }, { q: 1, requestId: 'b' }],
    ['members that it was told of', { q: 1, page: 1 }, { q: 1, page: 2 }],
  ])('looks over %s', (_what, then, now) => {
    const mock = new RecordedMock(
      [call('get', { other: true }, 'no'), call('get', then, 'yes')],
      ['page'],
    );
    expect(mock.call('get', now)).toBe('yes');
    expect(mock.summary.report(1).asked).toMatchObject([{ loose: 1, nearest: 0, missed: 0 }]);
  });

  it('takes any value where one was masked', () => {
    const mock = new RecordedMock(
      [
        call('pay', { to: '[redacted:iban]', sum: 5 }, 'five'),
        call('pay', { to: 'x', sum: 7 }, 'seven'),
      ],
      [],
    );
    expect(mock.call('pay', { to: 'DE02120300000000202051', sum: 5 })).toBe('five');
    expect(mock.summary.report(1).asked).toMatchObject([{ loose: 1 }]);
  });

  it('takes what comes nearest of the same tool, and never of another', () => {
    const mock = new RecordedMock(
      [
        call('query', { sql: 'select * from orders where id = 1' }, 'orders'),
        call('query', { sql: 'select * from customers' }, 'customers'),
        call('search', { sql: 'select * from orders where id = 2' }, 'other tool'),
      ],
      [],
    );
    expect(mock.call('query', { sql: 'select * from orders where id = 2' })).toBe('orders');
    expect(mock.summary.report(1).asked).toMatchObject([{ nearest: 1 }]);
    expect(mock.call('drop', {})).toMatch(/^-32014/);
  });

  it('gives what is alike its answers in recorded order too', () => {
    const at = (n: number) => ({ q: 'x', request_id: String(n) });
    const mock = new RecordedMock([call('get', at(1), 'one'), call('get', at(2), 'two')], []);
    expect([mock.call('get', at(8)), mock.call('get', at(9)), mock.call('get', at(9))]).toEqual([
      ...['one', 'two', 'two'],
    ]);
  });
});

describe('what a mock knows of an upstream', () => {
  const page = (names: readonly string[], more: object = {}) =>
    asked(
      'tools/list',
      {},
      { tools: names.map((name) => ({ name, title: `the ${name}` })), ...more },
    );

  it('lists all that was seen, on one page, the newest definition of each', () => {
    const changed = asked(
      'tools/list',
      {},
      { tools: [{ name: 'a', title: 'new' }], _meta: { x: 1 } },
    );
    const mock = new RecordedMock([page(['a', 'b'], { nextCursor: 'p2' }), page(['c']), changed]);
    const reply = mock.reply('tools/list', { cursor: 'whatever' });
    expect(JSON.parse(mock.said(reply))).toEqual({
      _meta: { x: 1 },
      tools: [
        { name: 'a', title: 'new' },
        { name: 'b', title: 'the b' },
        { name: 'c', title: 'the c' },
      ],
    });
  });

  it('lists nothing that policy kept from its client, unless it answers as the upstream did', () => {
    const steps = [
      {
        kind: 'received',
        detail: { kind: 'result' },
        payload: result(1, { tools: [{ name: 'secret' }] }),
      },
      { kind: 'blocked', detail: { reason: 'no' }, payload: result(1, {}) },
    ] as const;
    const list = recorded({ method: 'tools/list', params: {}, outcome: 'blocked', steps });
    const listed = (originals: boolean) => {
      const mock = new RecordedMock([list], undefined, originals);
      return JSON.parse(mock.said(mock.reply('tools/list'))).tools;
    };
    expect(listed(false)).toEqual([]);
    expect(listed(true)).toEqual([{ name: 'secret' }]);
  });

  it('lists what was used where no list was recorded', () => {
    const mock = new RecordedMock([
      call('query', {}, 'x'),
      asked('prompts/get', { name: 'report' }, { messages: [] }),
      asked('resources/read', { uri: 'db://users' }, { contents: [] }),
    ]);
    const list = (method: string) => JSON.parse(mock.said(mock.reply(method)));
    expect(list('tools/list')).toEqual({
      tools: [{ name: 'query', inputSchema: { type: 'object' } }],
    });
    expect(list('prompts/list')).toEqual({ prompts: [{ name: 'report' }] });
    expect(list('resources/list')).toEqual({
      resources: [{ uri: 'db://users', name: 'db://users' }],
    });
    expect(list('resources/templates/list')).toEqual({ resourceTemplates: [] });
  });

  it('agrees on the revision that was asked for then, or on the one that is asked for', () => {
    const said = { protocolVersion: '2025-03-26', serverInfo: { name: 'db' }, capabilities: {} };
    const mock = new RecordedMock([asked('initialize', { protocolVersion: '2025-11-25' }, said)]);
    const agreed = (protocolVersion: string) =>
      JSON.parse(mock.said(mock.reply('initialize', { protocolVersion }))).protocolVersion;
    expect(agreed('2025-11-25')).toBe('2025-03-26');
    expect(agreed('2024-11-05')).toBe('2024-11-05');
    expect(agreed('1999-01-01')).toBe('2025-11-25');
  });

  it('says of itself what the recorded requests need, where the beginning was not recorded', () => {
    const mock = new RecordedMock([call('query', {}, 'x')]);
    const reply = mock.reply('initialize', { protocolVersion: '2025-06-18' });
    expect(JSON.parse(mock.said(reply))).toEqual({
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'db', version: 'recorded' },
    });
    const stateless = new RecordedMock([call('query', {}, 'x', { protocol: '2026-07-28' })]);
    expect(JSON.parse(stateless.said(stateless.reply('server/discover')))).toMatchObject({
      ...{ supportedVersions: ['2026-07-28'], resultType: 'complete', capabilities: { tools: {} } },
    });
  });
});

describe('how a recorded exchange ended', () => {
  const refusal = { ...text('Blocked by rule no-drops'), isError: true };
  const blocked = [
    { kind: 'blocked', detail: { reason: 'no' }, payload: result(1, refusal) },
  ] as const;
  const failed = [
    { kind: 'failed', detail: { code: 'UPSTREAM_TIMEOUT', message: 'no answer in time' } },
    { kind: 'closed', detail: { outcome: 'failed' } },
  ] as const;

  it('is what its client got, refusals of the gate as well', () => {
    const mock = new RecordedMock([called('drop', {}, { outcome: 'blocked', steps: blocked })]);
    expect(mock.call('drop', {})).toBe('Blocked by rule no-drops');
  });

  it('is an error where it was one', () => {
    const error = { jsonrpc: '2.0', id: 1, error: { code: -32602, message: 'no such row' } };
    const payload = JSON.stringify(error);
    const steps = [{ kind: 'forwarded' }, { kind: 'answered', payload }] as const;
    const mock = new RecordedMock([
      called('get', {}, { steps }),
      called('wait', {}, { outcome: 'failed', steps: failed }),
    ]);
    expect(mock.call('get', {})).toBe('-32602 no such row');
    expect(JSON.parse(mock.call('wait', {}))).toMatchObject({
      ...{ kind: 'failure', code: 'UPSTREAM_TIMEOUT', message: 'no answer in time' },
    });
  });

  it('is silence where nobody waited for it', () => {
    const mock = new RecordedMock([called('wait', {}, { outcome: 'cancelled', steps: [] })]);
    expect(JSON.parse(mock.call('wait', {}))).toMatchObject({ kind: 'silence' });
  });

  it('can not be told where its text was cut or erased', () => {
    const cut = [{ kind: 'answered', payload: '{"jsonrpc":"2.0","id":1,"resu' }] as const;
    const mock = new RecordedMock([
      called('big', {}, { steps: cut }),
      called('gone', {}, { steps: [{ kind: 'answered' }] }),
      called('asked', {}, { payload: '{"jsonrpc":"2.0","id":1,"method":"tools/ca' }),
    ]);
    expect(JSON.parse(mock.call('big', {}))).toMatchObject({ kind: 'unreadable' });
    expect(JSON.parse(mock.call('gone', {}))).toMatchObject({ kind: 'unreadable' });
    expect(mock.recording.unreadable).toBe(1);
    expect(mock.call('asked', {})).toMatch(/^-32014/);
  });
});

describe('matching', () => {
  const args = fc.dictionary(fc.string({ maxLength: 5 }), json, { maxKeys: 4 });

  it('finds each recorded call by its own arguments, whatever else was recorded', () => {
    fc.assert(
      fc.property(fc.uniqueArray(args, { selector: (one) => keyOf(one), maxLength: 6 }), (all) => {
        const mock = new RecordedMock(all.map((one, index) => call('get', one, String(index))));
        for (const [index, one] of all.entries()) {
          expect(mock.call('get', reversed(one))).toBe(String(index));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('finds something of the same tool for whatever is asked, where it is loose', () => {
    fc.assert(
      fc.property(args, args, (then, now) => {
        const mock = new RecordedMock([call('get', then, 'x')], []);
        expect(mock.call('get', now)).toBe('x');
      }),
      { numRuns: 40 },
    );
  });

  it('calls a value most like itself', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        const options = { masked: [], loose: false, ignored: new Set<string>() };
        const own = likeness(a, a, options);
        const other = likeness(a, b, options);
        expect(own).toEqual({ score: 1, differs: [], masked: false });
        expect(other.score).toBeGreaterThanOrEqual(0);
        expect(other.score).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });

  it('bounds what of large values it compares', () => {
    const long = 'ab'.repeat(100_000);
    const options = { masked: [], loose: true, ignored: new Set<string>() };
    const { score, differs } = likeness({ q: long }, { q: `${long}c` }, options);
    expect(score).toBeGreaterThan(0.8);
    expect(differs).toEqual(['q']);
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`k${n}`, n]));
    expect(likeness(wide, {}, options).differs).toHaveLength(5);
  });

  const keyOf = (one: object) =>
    requestKey({ method: 'tools/call', params: { name: 'get', arguments: one as never } });
});

/** The same members, the last one first. */
function reversed(value: { readonly [key: string]: Json }): Json {
  return Object.fromEntries(Object.entries(value).reverse());
}
