import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Frame } from '../../src/model/message.ts';
import type { Verdict } from '../../src/pipeline/contract.ts';
import type { ExchangeInit } from '../../src/pipeline/exchange.ts';
import { answer, failure, leaving, request, TestGate } from '../support/gate.ts';
import { ana } from '../support/policies.ts';

const email = 'joe@example.com';
const stateless: Partial<ExchangeInit> = {
  session: { name: '', client: {}, protocol: '2026-07-28' },
};
const everything = { elicitation: { form: {}, url: {} }, sampling: { tools: {} }, roots: {} };
const meta = (capabilities: JsonObject = everything) => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': capabilities,
});
const args = { sql: 'select 1', n: 2 };
const call = (more: JsonObject = {}, capabilities?: JsonObject) =>
  request('tools/call', { name: 'query', arguments: args, _meta: meta(capabilities), ...more });
const form = { method: 'elicitation/create', params: { message: 'Who?', requestedSchema: {} } };
const sample = { method: 'sampling/createMessage', params: { messages: [], maxTokens: 5 } };
const roots = { method: 'roots/list' };
const asks = (inputRequests: JsonObject, more: JsonObject = {}) =>
  answer({ resultType: 'input_required', inputRequests, ...more });

const tools = {
  id: 'tools',
  on: { tools: ['*'], prompts: ['*'], resources: ['**'] },
  then: 'allow',
};
const questions = {
  id: 'questions',
  on: { methods: ['elicitation/create', 'sampling/createMessage', 'roots/list'] },
  then: 'allow',
};

/** Passes frames of one exchange, the first of which begins it. */
async function pass(gate: TestGate, frames: readonly Frame[], facts = stateless) {
  const [first] = frames;
  if (!first) throw new Error('no frame');
  const exchange = gate.exchange(first, facts);
  const verdicts: Verdict[] = [];
  for (const frame of frames) verdicts.push(await gate.gate.pass(frame, exchange));
  return verdicts;
}

async function last(gate: TestGate, frames: readonly Frame[], facts = stateless) {
  return leaving((await pass(gate, frames, facts)).at(-1)) as {
    params: JsonObject;
    result: JsonObject;
    error: { code: number; message: string };
  };
}

/** The state that a client gets with a question. */
async function stateOf(gate: TestGate, own?: string, first: Frame = call(), facts = stateless) {
  const more = own === undefined ? {} : { requestState: own };
  const { result } = await last(gate, [first, asks({ who: form }, more)], facts);
  return String(result.requestState);
}

const accept = { action: 'accept', content: { name: 'Joe' } };

describe('a result that asks for input', () => {
  it('goes on as it was judged, with a state that only the gate can read', async () => {
    const gate = new TestGate([tools, questions]);
    const { result } = await last(gate, [
      call(),
      asks({ who: form, model: sample, where: roots }, { requestState: 'own' }),
    ]);
    expect(result).toEqual({
      resultType: 'input_required',
      inputRequests: { who: form, model: sample, where: { ...roots, params: {} } },
      requestState: expect.stringMatching(/^[\w-]{50,}$/),
    });
    expect(gate.transcript()).not.toContain('"own"');
    expect(gate.transcript()).toContain('inputRequests.who elicitation/create');
  });

  it('has a state of the gate’s, though the upstream gave none', async () => {
    const gate = new TestGate([tools, questions]);
    const requestState = await stateOf(gate);
    const up = await last(gate, [call({ requestState, inputResponses: { who: accept } })]);
    expect(up.params).toEqual({
      ...{ name: 'query', arguments: args, _meta: meta() },
      inputResponses: { who: accept },
    });
  });

  it('gives the upstream its own state back, which no transcript has', async () => {
    const gate = new TestGate([tools, questions]);
    const requestState = await stateOf(gate, `own ${email}`);
    const up = await last(gate, [call({ requestState, inputResponses: { who: accept } })]);
    expect(up.params.requestState).toBe(`own ${email}`);
    expect(gate.transcript()).toContain(requestState);
    expect(gate.transcript()).not.toContain(email);
  });

  it('may be only a state, to come back with', async () => {
    const gate = new TestGate([tools]);
    const { result } = await last(gate, [
      call(),
      answer({ resultType: 'input_required', requestState: 'later' }),
    ]);
    const up = await last(gate, [call({ requestState: result.requestState as string })]);
    expect(up.params.requestState).toBe('later');
  });

  it.each([
    ['elicitation', form],
    ['sampling', sample],
    ['roots', roots],
  ])('is refused as a whole unless a rule allows %s', async (_, question) => {
    const gate = new TestGate([tools]);
    const { result } = await last(gate, [call(), asks({ q: question })]);
    expect(result).toMatchObject({ isError: true, resultType: 'complete' });
    expect(JSON.stringify(result)).toContain('no rule allows it');
    expect(gate.store.exchange('exchange-1')).toMatchObject({
      outcome: 'blocked',
      effect: 'block',
    });
    const mixed = new TestGate([
      tools,
      { id: 'other', on: { methods: ['vendor/*'] }, then: 'allow' },
    ]);
    const both = await last(mixed, [call(), asks({ a: question, b: question })]);
    expect(both.result.isError).toBe(true);
  });

  it('is refused by the rule that one of its questions meets, and says so', async () => {
    const no = {
      id: 'no-secrets',
      on: { methods: ['elicitation/create'] },
      when: { 'args.message': { contains: 'password' } },
      then: 'block',
      reason: 'Passwords are not asked for.',
    };
    const gate = new TestGate([tools, questions, no]);
    const bad = { ...form, params: { ...form.params, message: 'Your password?' } };
    const { result } = await last(gate, [call(), asks({ a: form, b: bad })]);
    expect(result._meta).toMatchObject({
      'dev.sallyport/decision': { rule: 'no-secrets', reason: 'Passwords are not asked for.' },
    });
    expect(result.inputRequests).toBeUndefined();
    const shown = gate.store.events('exchange-1').map(({ payload }) => payload);
    expect(shown.join()).toContain('Your password?');
  });

  it('is refused where nobody but a person could say yes to a question', async () => {
    const gate = new TestGate([
      tools,
      { ...questions, then: 'approve', approval: { by: ['group:a'] } },
    ]);
    const { result } = await last(gate, [call(), asks({ a: form })]);
    expect(result.isError).toBe(true);
  });

  it.each([
    ['sampling', sample, { elicitation: {} }],
    ['roots', roots, {}],
    ['elicitation', form, {}],
    [
      'elicitation.url',
      { ...form, params: { mode: 'url', url: 'https://x.test', message: '' } },
      { elicitation: {} },
    ],
    ['elicitation.form', form, { elicitation: { url: {} } }],
    ['sampling.tools', { ...sample, params: { ...sample.params, tools: [] } }, { sampling: {} }],
  ])('is refused where the client has not declared %s', async (name, question, declared) => {
    const gate = new TestGate([tools, questions]);
    const { result } = await last(gate, [call({}, declared), asks({ q: question as Json })]);
    expect(result).toMatchObject({ isError: true });
    expect(JSON.stringify(result)).toContain(`does not declare ${name}`);
  });

  it('may ask for forms where the capability is empty', async () => {
    const gate = new TestGate([tools, questions]);
    const { result } = await last(gate, [call({}, { elicitation: {} }), asks({ q: form })]);
    expect(result.resultType).toBe('input_required');
  });

  it.each<[string, JsonObject]>([
    ['nothing at all', { resultType: 'input_required' }],
    ['no requests', { resultType: 'input_required', inputRequests: {} }],
    ['a list', { resultType: 'input_required', inputRequests: [form] }],
    [
      'a method that servers don’t send',
      { resultType: 'input_required', inputRequests: { a: { method: 'tools/call', params: {} } } },
    ],
    [
      'a vendor’s method',
      { resultType: 'input_required', inputRequests: { a: { method: 'vendor/x' } } },
    ],
    [
      'params that are none',
      { resultType: 'input_required', inputRequests: { a: { ...form, params: [] } } },
    ],
    ['a state that is no text', { resultType: 'input_required', requestState: { a: 1 } }],
    [
      'a state that is too long',
      { resultType: 'input_required', requestState: 'x'.repeat(65_537) },
    ],
    [
      'a key that is too long',
      { resultType: 'input_required', inputRequests: { ['x'.repeat(257)]: form } },
    ],
    [
      'too many requests',
      {
        resultType: 'input_required',
        inputRequests: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [i, form])),
      },
    ],
    ['a type that is unknown', { resultType: 'vendor' }],
    ['a type that is no text', { resultType: ['input_required'], inputRequests: { a: form } }],
  ])('is refused where it is %s', async (_, result) => {
    const gate = new TestGate([{ id: 'all', then: 'allow' }]);
    const left = await last(gate, [call(), answer(result)]);
    expect(left.result).toMatchObject({ isError: true });
    expect(JSON.stringify(left)).toContain('the upstream broke the protocol');
  });

  it.each(['tools/list', 'completion/complete', 'server/discover', 'tasks/list'])(
    'is refused as an answer to %s',
    async (method) => {
      const params = { _meta: meta(), ref: { type: 'ref/prompt', name: 'p' } };
      const gate = new TestGate([{ id: 'all', then: 'allow' }]);
      const { error } = await last(gate, [request(method, params), asks({ a: form })]);
      expect(error).toMatchObject({ code: -32010, message: expect.stringContaining('broke') });
    },
  );

  it('asks for nothing where it says that it is complete', async () => {
    const gate = new TestGate([tools]);
    for (const resultType of ['complete', undefined]) {
      const given = { content: [], inputRequests: { a: form }, requestState: 's' };
      const result = resultType ? { ...given, resultType } : given;
      const left = await last(gate, [call(), answer(result)]);
      expect(left.result).toEqual({ content: [], resultType: 'complete' });
    }
  });

  it('is not stopped by a rule that allows by the result, but by one that blocks', async () => {
    const ok = {
      id: 'ok',
      on: { tools: ['*'] },
      when: { 'result.isError': { eq: false } },
      then: 'allow',
    };
    const gate = new TestGate([ok, questions]);
    const { result } = await last(gate, [call(), asks({ a: form })]);
    expect(result.resultType).toBe('input_required');
    const no = {
      id: 'no',
      on: { tools: ['*'] },
      when: { 'result.resultType': { eq: 'input_required' } },
      then: 'block',
    };
    const closed = await last(new TestGate([tools, questions, no]), [call(), asks({ a: form })]);
    expect(closed.result.isError).toBe(true);
  });

  it('works for prompts and resources', async () => {
    const gate = new TestGate([tools, questions]);
    for (const first of [
      request('prompts/get', { name: 'p', _meta: meta() }),
      request('resources/read', { uri: 'a://x', _meta: meta() }),
    ]) {
      const requestState = await stateOf(gate, 'own', first);
      const params = 'params' in first.message ? first.message.params : {};
      const method = 'method' in first.message ? first.message.method : '';
      const up = await last(gate, [request(method, { ...params, requestState })]);
      expect(up.params).toEqual({ ...params, requestState: 'own' });
    }
  });
});

describe('a request with input', () => {
  const gate = new TestGate([tools, questions]);
  const unfit = {
    code: -32602,
    message: expect.stringContaining('send the request again without'),
  };
  const retry = (more: JsonObject) => call({ inputResponses: { who: accept }, ...more });

  it('is refused with a state that is none, and with one that was changed', async () => {
    const requestState = await stateOf(gate, 'own');
    const changed = [...requestState];
    changed[40] = changed[40] === 'A' ? 'B' : 'A';
    for (const state of ['', 'own', 7, null, changed.join(''), `${requestState}=`]) {
      expect((await last(gate, [retry({ requestState: state })])).error).toMatchObject(unfit);
    }
  });

  it('is refused after ten minutes, and may come twice before', async () => {
    const requestState = await stateOf(gate, 'own');
    const at = (now: number) => ({ ...stateless, clock: () => now });
    const early = at(1000 + 600_000);
    expect((await last(gate, [retry({ requestState })], early)).params.requestState).toBe('own');
    expect((await last(gate, [retry({ requestState })], early)).params.requestState).toBe('own');
    const late = await last(gate, [retry({ requestState })], at(1001 + 600_000));
    expect(late.error).toMatchObject(unfit);
  });

  it('says the same whatever does not fit', async () => {
    const requestState = await stateOf(gate, 'own');
    const tries = await Promise.all([
      last(gate, [retry({ requestState: 'x' })]),
      last(gate, [retry({ requestState, name: 'other' })]),
      last(gate, [retry({ requestState })], { ...stateless, upstream: 'other' }),
      last(gate, [retry({ requestState })], { ...stateless, clock: () => 1e12 }),
    ]);
    expect(new Set(tries.map(({ error }) => error.message)).size).toBe(1);
  });

  it('loses answers to what was not asked', async () => {
    const requestState = await stateOf(gate);
    const inputResponses = { who: accept, other: { x: 1 } };
    const strict = new TestGate([tools, questions]);
    const up = await last(strict, [call({ requestState, inputResponses })]);
    expect(up.params.inputResponses).toEqual({ who: accept });
    expect(strict.transcript()).toContain('inputResponses (not asked for)');
  });

  it('is refused where an answer is no object', async () => {
    const requestState = await stateOf(gate);
    for (const inputResponses of [{ who: 'Joe' }, { who: null }, [accept], 'x']) {
      const { error } = await last(gate, [call({ requestState, inputResponses })]);
      expect(error.code).toBe(-32602);
    }
  });

  it('is refused as the call that it is where a rule stops an answer', async () => {
    const no = {
      id: 'stays-here',
      on: { methods: ['elicitation/create'] },
      when: { 'result.content.name': { contains: 'secret' } },
      then: 'block',
    };
    const strict = new TestGate([tools, questions, no]);
    const requestState = await stateOf(strict);
    const told = { action: 'accept', content: { name: 'a secret' } };
    const { result } = await last(strict, [call({ requestState, inputResponses: { who: told } })]);
    expect(result).toMatchObject({
      isError: true,
      resultType: 'complete',
      _meta: { 'dev.sallyport/decision': { rule: 'stays-here' } },
    });
  });

  it('can ask again', async () => {
    const first = await stateOf(gate, 'one');
    const again = retry({ requestState: first });
    const { result } = await last(gate, [again, asks({ more: sample }, { requestState: 'two' })]);
    const answers = {
      more: { role: 'assistant', content: { type: 'text', text: 'a' }, model: 'm' },
    };
    const up = await last(gate, [
      call({
        requestState: result.requestState as string,
        inputResponses: { ...answers, who: accept },
      }),
    ]);
    expect(up.params).toMatchObject({ requestState: 'two', inputResponses: answers });
    expect(up.params.inputResponses).not.toHaveProperty('who');
  });

  it('loses both in the session era, where there is no such thing', async () => {
    const up = await last(gate, [retry({ requestState: 'x' })], {
      session: { name: 's', client: {}, protocol: '2025-11-25' },
    });
    expect(up.params).toEqual({ name: 'query', arguments: args, _meta: meta() });
  });

  const salient = fc.record({
    sub: fc.constantFrom('ana', 'ben'),
    issuer: fc.constantFrom('https://issuer.test', 'https://other.test'),
    upstream: fc.constantFrom('db', 'mail'),
    method: fc.constantFrom('tools/call', 'prompts/get'),
    name: fc.constantFrom('query', 'p'),
    arguments: fc.oneof(
      fc.constantFrom<JsonObject>(
        {},
        { a: 1, b: 2 },
        { b: 2, a: 1 },
        { a: '1', b: 2 },
        { a: [1, 2] },
        { a: [2, 1] },
      ),
      fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.integer({ min: 0, max: 2 })),
    ),
  });

  // Most often the two differ in one thing only.
  const differing = fc.oneof(
    fc.constant({}),
    ...['sub', 'issuer', 'upstream', 'method', 'name', 'arguments'].map((key) =>
      salient.map((all) => ({ [key]: all[key as keyof typeof all] })),
    ),
    salient,
  ) as fc.Arbitrary<object>;

  it('opens its state for the same caller, upstream, method and params, and for no other', async () => {
    const open = new TestGate([{ id: 'all', then: 'allow' }]);
    const facts = ({
      sub,
      issuer,
      upstream,
    }: {
      sub: string;
      issuer: string;
      upstream: string;
    }) => ({
      ...stateless,
      identity: { ...ana, sub, issuer },
      upstream,
    });
    const sent = (of: { method: string; name: string; arguments: JsonObject }, more = {}) =>
      request(of.method, { name: of.name, arguments: of.arguments, _meta: meta(), ...more });
    const key = (of: JsonObject & { arguments: JsonObject }) =>
      JSON.stringify([{ ...of, arguments: Object.entries(of.arguments).sort() }]);
    await fc.assert(
      fc.asyncProperty(salient, differing, async (one, changes) => {
        const other = { ...one, ...changes };
        const requestState = await stateOf(open, 'own', sent(one), facts(one));
        const same = await last(open, [sent(one, { requestState })], facts(one));
        expect(same.params.requestState).toBe('own');
        const left = await last(open, [sent(other, { requestState })], facts(other));
        if (key(one) === key(other)) expect(left.params.requestState).toBe('own');
        else expect(left.error.code).toBe(-32602);
      }),
      { numRuns: 200 },
    );
  });
});

describe('an answer without a state, to nothing that the gate knows of', () => {
  const to = (method: string) => ({
    id: method.replace('/', '-'),
    on: { methods: [method] },
    then: 'allow',
  });
  const all = ['elicitation/create', 'sampling/createMessage', 'roots/list'];
  const give = (inputResponses: Json) => call({ inputResponses });
  const given = { who: accept, other: { x: 1 } };
  const clean = { name: 'query', arguments: args, _meta: meta() };

  it('goes on where it may be the answer to every kind of question', async () => {
    const gate = new TestGate([tools, questions]);
    const up = await last(gate, [give(given)]);
    expect(up.params).toEqual({ ...clean, inputResponses: given });
    expect((await last(gate, [give({})])).params).toEqual({ ...clean, inputResponses: {} });
  });

  it.each(all)('is taken off where it may not answer %s, and the call goes on', async (method) => {
    const gate = new TestGate([tools, ...all.filter((name) => name !== method).map(to)]);
    const up = await last(gate, [give(given)]);
    // Upstreams are not told of the capability either.
    const { _meta, ...rest } = clean;
    expect(up.params).toEqual({ ...rest, _meta: expect.anything(), inputResponses: {} });
    expect(gate.transcript()).toContain('inputResponses (no question)');
    expect(gate.transcript()).not.toContain('Joe');
    expect(gate.kinds()).not.toContain('blocked');
  });

  it.each(all)('is judged each by itself, by the rules for %s too', async (method) => {
    const no = { ...to(method), id: 'no', when: { 'result.x': { eq: 1 } }, then: 'block' };
    const gate = new TestGate([tools, questions, no]);
    const up = await last(gate, [give(given)]);
    expect(up.params.inputResponses).toEqual({ who: accept });
    expect(gate.transcript()).toContain('"rule":"no"');
  });

  it('is taken off where a person would have to say yes', async () => {
    const ask = { ...to('roots/list'), then: 'approve', approval: { by: ['group:dba'] } };
    const gate = new TestGate([tools, to(all[0] ?? ''), to(all[1] ?? ''), ask]);
    expect((await last(gate, [give(given)])).params.inputResponses).toEqual({});
  });

  it('is taken off where it is none, or one of too many', async () => {
    const gate = new TestGate([tools, questions]);
    const odd = await last(gate, [give({ a: 'x', b: null, c: [accept], who: accept })]);
    expect(odd.params.inputResponses).toEqual({ who: accept });
    const many = Object.fromEntries(Array.from({ length: 99 }, (_, at) => [`k${at}`, accept]));
    const up = await last(gate, [give(many)]);
    expect(Object.keys(up.params.inputResponses as JsonObject)).toHaveLength(64);
    expect(gate.transcript()).toContain('inputResponses (no answers)');
    expect((await last(gate, [give([accept])])).error.code).toBe(-32602);
  });

  it('does not get a call through that no rule allows', async () => {
    const gate = new TestGate([questions]);
    expect((await last(gate, [give(given)])).result).toMatchObject({ isError: true });
    expect(gate.transcript()).not.toContain('Joe');
  });

  it.each(all)('is masked as the answer to %s', async (method) => {
    const others = all.filter((name) => name !== method).map(to);
    const masked = { ...to(method), mask: { find: ['email'], in: ['args', 'result'] } };
    const gate = new TestGate([tools, ...others, masked]);
    const told = { action: 'accept', content: { name: email, [email]: [{ deep: email }] } };
    const left = await last(gate, [give({ who: told })]);
    expect(left.params.inputResponses).toHaveProperty('who.action', 'accept');
    expect(JSON.stringify(left) + gate.transcript()).not.toContain(email);
  });

  it('is taken off where its name would be masked; what it holds arrives masked', async () => {
    const rule = { ...questions, mask: { find: ['email'], in: ['args', 'result'] } };
    const image = Buffer.from(`${email} ${'x'.repeat(64)}`).toString('base64');
    const gate = new TestGate([tools, rule]);
    const up = await last(gate, [
      give({ [email]: accept, q: { content: { type: 'image', data: image } }, who: accept }),
    ]);
    const { q, ...others } = up.params.inputResponses as Record<string, JsonObject>;
    expect(others).toEqual({ who: accept });
    const { content } = q as { content: { data: string } };
    expect(Buffer.from(content.data, 'base64').toString()).toContain('[redacted:email]');
    expect(gate.transcript()).not.toContain(email);
    expect(gate.transcript()).not.toContain(image);
  });

  it('leaves nothing in the transcript of a call that is stopped after it was taken off', async () => {
    // What a mask has changed is judged again, and then a rule stops it.
    const rules = [
      { ...tools, on: { tools: ['*'] }, mask: { find: ['email'], in: ['args'] } },
      { ...tools, id: 'no', when: { not: { 'args.to': { contains: '@' } } }, then: 'block' },
    ];
    for (const inputResponses of [{ [email]: accept }, { q: 'Joe' }]) {
      const gate = new TestGate(rules);
      const first = call({ arguments: { to: email }, inputResponses });
      expect((await last(gate, [first])).result).toMatchObject({ isError: true });
      expect(gate.transcript()).not.toContain('Joe');
      expect(gate.transcript()).not.toContain(email);
    }
  });
});

describe('the transcript of a call', () => {
  const id = '0af7651916cd43dd8448eb211c80319c';
  const traced = (trace: string) =>
    call({ _meta: { ...meta(), traceparent: `00-${trace}-00f067aa0ba902b7-01` } });
  const opened = (gate: TestGate) => gate.store.events('exchange-1')[0];

  it('names the trace that it belongs to, whether it goes on or not', async () => {
    for (const rules of [[tools], []]) {
      const gate = new TestGate(rules);
      await last(gate, [traced(id)]);
      expect(opened(gate)).toMatchObject({ kind: 'opened', detail: { trace: id } });
    }
  });

  it('names none where there is none, or it is none', async () => {
    for (const first of [call(), traced('x')]) {
      const gate = new TestGate([tools]);
      await last(gate, [first]);
      expect(opened(gate)?.detail).not.toHaveProperty('trace');
    }
  });

  it('names none that must be masked', async () => {
    const card = '4111111111111111';
    const rule = { ...tools, mask: { find: ['payment-card'], in: ['args'] } };
    const no = { ...tools, id: 'no', then: 'block' };
    for (const rules of [[rule], [rule, no]]) {
      const gate = new TestGate(rules);
      await last(gate, [traced(`abcdabcd${card}abcdabcd`)]);
      expect(opened(gate)?.payload).toContain('traceparent');
      expect(gate.transcript()).not.toContain(card);
    }
  });
});

describe('masks on what is nested', () => {
  const emails = { id: 'm', on: { tools: ['*'] }, mask: { find: ['email'] } };
  const asker = {
    ...{ id: 'q', on: { methods: ['elicitation/create', 'sampling/createMessage', 'roots/list'] } },
    ...{ then: 'allow', mask: { find: ['email'], in: ['args', 'result'] } },
  };
  const blob = (text: string) => Buffer.from(`${text} ${'x'.repeat(64)}`).toString('base64');
  const data = fc.constantFrom<Json>(
    email,
    { [email]: 1 },
    [{ deep: [`<${email}>`] }],
    JSON.stringify({ to: email }),
    `joe\\u0040example.com {"a":"joe\\u0040example.com"}`,
  );
  const question = fc.oneof(
    data.map(
      (value): Json => ({
        method: 'elicitation/create',
        params: { message: value, requestedSchema: { a: value } },
      }),
    ),
    data.map(
      (value): Json => ({
        method: 'sampling/createMessage',
        params: {
          messages: [{ role: 'user', content: value }],
          _meta: {
            progressToken: value,
            'io.modelcontextprotocol/related-task': { taskId: value },
          },
        },
      }),
    ),
    fc.constant<Json>({
      method: 'sampling/createMessage',
      params: { messages: [{ role: 'user', content: { type: 'image', data: blob(email) } }] },
    }),
    data.map(
      (value): Json => ({
        method: 'roots/list',
        params: { _meta: value as JsonObject },
        extra: value,
      }),
    ),
  );
  const clear = (text: string) => !text.includes(email) && !text.includes(blob(email).slice(0, 16));

  it.each([
    ['by the rules of the questions', [tools, asker]],
    ['by the rules of the call', [tools, questions, emails]],
  ])('leave nothing in the clear, nor in the transcript: %s', async (_, rules) => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom('a', 'b', email), question, { minKeys: 1 }),
        async (inputRequests) => {
          const gate = new TestGate(rules);
          const left = await last(gate, [
            call(),
            asks(inputRequests as JsonObject, { requestState: email }),
          ]);
          expect(clear(JSON.stringify(left))).toBe(true);
          expect(clear(gate.transcript())).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('leave nothing of a question that is refused in the transcript', async () => {
    const gate = new TestGate([tools, emails, { ...questions, on: { methods: ['roots/list'] } }]);
    const bad = { ...form, params: { message: email }, extra: email };
    await last(gate, [call(), asks({ a: roots, b: bad, c: bad }, { requestState: email })]);
    expect(clear(gate.transcript())).toBe(true);
    const [, second] = gate.store
      .events('exchange-1')
      .filter(({ payload }) => payload?.includes('inputRequests'));
    expect(second?.payload ?? '').not.toContain('"c"');
  });

  it('leave nothing of what the call’s own rule stops in the transcript', async () => {
    const no = {
      id: 'no',
      on: { tools: ['*'] },
      when: { 'result.resultType': { eq: 'input_required' } },
      then: 'block',
    };
    const gate = new TestGate([tools, questions, emails, no]);
    await last(gate, [
      call(),
      asks({ a: { ...form, params: { message: email } } }, { requestState: email }),
    ]);
    expect(clear(gate.transcript())).toBe(true);
  });

  it('are applied to answers on their way up', async () => {
    const gate = new TestGate([tools, asker]);
    const requestState = await stateOf(gate);
    const told = { action: 'accept', content: { name: email, [email]: 'x' } };
    const up = await last(gate, [call({ requestState, inputResponses: { who: told } })]);
    expect(up.params.inputResponses).toMatchObject({ who: { action: 'accept' } });
    expect(clear(JSON.stringify(up))).toBe(true);
    expect(clear(gate.transcript())).toBe(true);
  });

  it('are applied to answers by the rules of the call as well', async () => {
    const both = { ...emails, mask: { find: ['email'], in: ['args', 'result'] } };
    const gate = new TestGate([tools, questions, both]);
    const requestState = await stateOf(gate);
    const told = { action: 'accept', content: { name: email } };
    const up = await last(gate, [call({ requestState, inputResponses: { who: told } })]);
    expect(clear(JSON.stringify(up) + gate.transcript())).toBe(true);
  });

  it('are applied to all that comes with a question', async () => {
    const gate = new TestGate([tools, asker]);
    const left = await last(gate, [call(), asks({ who: form }, { _meta: { note: email } })]);
    expect(left.result.resultType).toBe('input_required');
    expect(clear(JSON.stringify(left) + gate.transcript())).toBe(true);
  });

  it('look into images of a sampled answer', async () => {
    const gate = new TestGate([tools, asker]);
    const { result } = await last(gate, [call(), asks({ q: sample })]);
    const told = {
      role: 'assistant',
      model: 'm',
      content: { type: 'image', mimeType: 'image/png', data: blob(email) },
    };
    const requestState = result.requestState as string;
    const up = await last(gate, [call({ requestState, inputResponses: { q: told } })]);
    expect(clear(JSON.stringify(up))).toBe(true);
  });
});

describe('a call that is answered that a URL must be visited first (2025-11-25)', () => {
  const session: Partial<ExchangeInit> = {
    session: { name: 's', client: {}, protocol: '2025-11-25' },
  };
  const visit = {
    mode: 'url',
    elicitationId: 'e',
    url: `https://x.test/?u=${email}`,
    message: 'Go',
  };
  const required = (data: unknown) => {
    const frame = failure('more is needed', data);
    const message = { ...frame.message, error: { code: -32042, message: 'm', data } };
    return { ...frame, source: undefined, message } as unknown as Frame;
  };

  it('gets there where a rule allows it, and is refused otherwise', async () => {
    const open = await last(
      new TestGate([tools, questions]),
      [call(), required({ elicitations: [visit] })],
      session,
    );
    expect(open.error).toMatchObject({ code: -32042, data: { elicitations: [visit] } });
    const closed = await last(
      new TestGate([tools]),
      [call(), required({ elicitations: [visit] })],
      session,
    );
    expect(closed.result).toMatchObject({ isError: true });
    expect(JSON.stringify(closed)).not.toContain('x.test');
  });

  it('is refused by a rule on the host', async () => {
    const other = {
      id: 'other',
      on: { methods: ['elicitation/create'] },
      when: { 'args.url': { url_host: 'x.test' } },
      then: 'block',
    };
    const gate = new TestGate([tools, questions, other]);
    const { result } = await last(
      gate,
      [call(), required({ elicitations: [{ ...visit, url: 'https://y.test' }, visit] })],
      session,
    );
    expect(result._meta).toMatchObject({ 'dev.sallyport/decision': { rule: 'other' } });
  });

  it('is masked as the question would be', async () => {
    const gate = new TestGate([tools, { ...questions, mask: { find: ['email'] } }]);
    const left = await last(gate, [call(), required({ elicitations: [visit] })], session);
    expect(JSON.stringify(left) + gate.transcript()).not.toContain(email);
  });

  it.each([undefined, {}, { elicitations: [] }, { elicitations: [{ mode: 'form' }] }, 'x'])(
    'is refused where it names none: %j',
    async (data) => {
      const { result } = await last(
        new TestGate([tools, questions]),
        [call(), required(data)],
        session,
      );
      expect(result).toMatchObject({ isError: true });
    },
  );
});

describe('a refusal in the stateless era', () => {
  it('has the type of a result', async () => {
    const { result } = await last(new TestGate([]), [call()]);
    expect(result).toMatchObject({ resultType: 'complete', isError: true });
  });

  it.each([
    ['tools/call', { name: 'query' }, -32602],
    ['prompts/get', { name: 'p' }, -32602],
    ['resources/read', { uri: 'a://x' }, -32602],
    ['vendor/x', {}, -32601],
  ])('that hides %s has the code of what does not exist', async (method, params, code) => {
    const gate = new TestGate([{ id: 'h', then: 'block', denial: 'hide' }]);
    expect((await last(gate, [request(method, params)])).error.code).toBe(code);
  });

  it('that hides a resource had another code before', async () => {
    const gate = new TestGate([{ id: 'h', then: 'block', denial: 'hide' }]);
    const { error } = await last(gate, [request('resources/read', { uri: 'a://x' })], {});
    expect(error.code).toBe(-32002);
  });
});
