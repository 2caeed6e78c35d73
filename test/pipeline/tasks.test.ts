import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Identity } from '../../src/model/identity.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Frame } from '../../src/model/message.ts';
import type { Verdict } from '../../src/pipeline/contract.ts';
import type { ExchangeInit } from '../../src/pipeline/exchange.ts';
import { Tasks } from '../../src/pipeline/tasks.ts';
import { decodeText } from '../../src/protocol/jsonrpc.ts';
import { Seal } from '../../src/protocol/seal.ts';
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
import { ana } from '../support/policies.ts';

const email = 'joe@example.com';
type Facts = Partial<ExchangeInit>;
const session: Facts = { session: { name: 's', client: {}, protocol: '2025-11-25' } };
const stateless: Facts = { session: { name: '', client: {}, protocol: '2026-07-28' } };
const EXTENSION = 'io.modelcontextprotocol/tasks';
const RELATED = 'io.modelcontextprotocol/related-task';
const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {
    elicitation: {},
    extensions: { [EXTENSION]: {} },
  },
};
const state = { status: 'working', createdAt: '2026-01-01T00:00:00Z', ttl: 1000 };
const text = (value: string) => ({ content: [{ type: 'text', text: value }] });
const tools = { id: 'tools', on: { tools: ['query'] }, then: 'allow' };
const byArgs = { ...tools, when: { 'args.sql': { starts_with: 'select' } } };

async function pass(gate: TestGate, facts: Facts, ...frames: readonly Frame[]) {
  const [first] = frames;
  if (!first) throw new Error('no frame');
  const exchange = gate.exchange(first, facts);
  const verdicts: Verdict[] = [];
  for (const frame of frames) verdicts.push(await gate.gate.pass(frame, exchange));
  return verdicts;
}
interface Left {
  readonly id: number;
  readonly method: string;
  readonly params: JsonObject;
  readonly result: JsonObject;
  readonly error: { readonly code: number; readonly message: string };
}
async function last(gate: TestGate, facts: Facts, ...frames: readonly Frame[]): Promise<Left> {
  return leaving((await pass(gate, facts, ...frames)).at(-1)) as Left;
}
const notFound = { code: -32602, message: 'Failed to retrieve task: Task not found' };

const call = (args: JsonObject = { sql: 'select 1' }) =>
  request('tools/call', { name: 'query', arguments: args, task: { ttl: 5 } });
const begun = (taskId: Json = 'T1', more: JsonObject = {}) =>
  answer({ task: { taskId, ...state, ...more } });
/** Begins a task in the session era. */
async function begin(gate: TestGate, own = 'T1', facts: Facts = session): Promise<string> {
  const { result } = await last(gate, facts, call(), begun(own));
  return (result.task as { taskId: string }).taskId;
}
const about = (method: string, taskId: Json, more: JsonObject = {}) =>
  request(`tasks/${method}`, { taskId, ...more });

const callExt = (args: JsonObject = { sql: 'select 1' }) =>
  request('tools/call', { name: 'query', arguments: args, _meta: meta });
async function beginExt(gate: TestGate, own = 'T1'): Promise<string> {
  const given = answer({ resultType: 'task', taskId: own, ...state });
  return String((await last(gate, stateless, callExt(), given)).result.taskId);
}
const get = (taskId: string) => about('get', taskId, { _meta: meta });

describe('a task of the session era', () => {
  it('has an id that only the gate can read, and the upstream its own', async () => {
    const gate = new TestGate([tools]);
    const id = await begin(gate);
    expect(id).toMatch(/^[\w-]{50,}$/);
    for (const method of ['get', 'result', 'cancel']) {
      const up = await last(gate, session, about(method, id));
      expect(up).toMatchObject({ method: `tasks/${method}`, params: { taskId: 'T1' } });
    }
  });

  it('has the same id wherever it is named', async () => {
    const gate = new TestGate([tools]);
    const id = await begin(gate);
    const got = await last(gate, session, about('get', id), answer({ taskId: 'T1', ...state }));
    expect(got.result).toEqual({ taskId: id, ...state });
    const cancelled = await last(
      gate,
      session,
      about('cancel', id),
      answer({ taskId: 'T1', ...state }),
    );
    expect(cancelled.result.taskId).toBe(id);
    const done = await last(
      ...([gate, session, about('result', id)] as const),
      answer({ ...text('rows'), _meta: { [RELATED]: { taskId: 'T1' }, a: 1 } }),
    );
    expect(done.result).toEqual({ ...text('rows'), _meta: { [RELATED]: { taskId: id }, a: 1 } });
    const list = answer({ tasks: [{ taskId: 'T1', ...state }], nextCursor: 'n' });
    const listed = await last(gate, session, request('tasks/list', {}), list);
    expect(listed.result).toEqual({ tasks: [{ taskId: id, ...state }], nextCursor: 'n' });
    const status = await last(
      gate,
      session,
      told('notifications/tasks/status', { taskId: 'T1', ...state }),
    );
    expect(status.params).toEqual({ taskId: id, ...state });
    expect(await begin(gate)).toBe(id);
  });

  it('is not found by anybody else, at another upstream, or by the upstream’s own id', async () => {
    const gate = new TestGate([tools]);
    const id = await begin(gate);
    const strangers: Facts[] = [
      { identity: { ...ana, sub: 'ben' } },
      { identity: { ...ana, issuer: 'https://other.test' } },
      { upstream: 'mail' },
    ];
    for (const method of ['get', 'result', 'cancel', 'update']) {
      for (const facts of strangers) {
        const left = await last(gate, { ...session, ...facts }, about(method, id));
        expect(left.error).toMatchObject(notFound);
      }
      for (const wrong of [
        'T1',
        '',
        7,
        null,
        `${id}A`,
        id.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')),
      ]) {
        expect((await last(gate, session, about(method, wrong))).error).toMatchObject(notFound);
      }
    }
  });

  it('is not found in another session of its caller, and in its own after a restart', async () => {
    const gate = new TestGate([tools]);
    const other: Facts = { session: { name: 't', client: {}, protocol: '2025-11-25' } };
    const id = await begin(gate);
    const theirs = await begin(gate, 'T1', other);
    expect(theirs).not.toBe(id);
    for (const method of ['get', 'result', 'cancel']) {
      expect((await last(gate, session, about(method, theirs))).error).toEqual(notFound);
      expect((await last(gate, other, about(method, id))).error).toEqual(notFound);
    }
    const restarted = new TestGate([tools]);
    expect((await last(restarted, session, about('get', id))).params.taskId).toBe('T1');
    expect((await last(restarted, other, about('get', id))).error).toEqual(notFound);
  });

  it('is neither listed nor told of in another session of its caller', async () => {
    const gate = new TestGate([tools]);
    const other: Facts = { session: { name: 't', client: {}, protocol: '2025-11-25' } };
    await begin(gate, 'T2');
    const theirs = await begin(gate, 'T1', other);
    const list = answer({ tasks: [{ taskId: 'T1' }, { taskId: 'T2' }] });
    const { result } = await last(gate, other, request('tasks/list', {}), list);
    expect(result.tasks).toEqual([{ taskId: theirs }]);
    const status = (taskId: string) => told('notifications/tasks/status', { taskId, ...state });
    expect((await pass(gate, other, status('T2')))[0]?.kind).toBe('drop');
    expect((await last(gate, other, status('T1'))).params.taskId).toBe(theirs);
  });

  it('is not in the lists of anybody else', async () => {
    const gate = new TestGate([tools]);
    await begin(gate);
    const list = (facts: Facts) =>
      last(
        gate,
        facts,
        request('tasks/list', {}),
        answer({ tasks: [{ taskId: 'T1' }, { taskId: 'T2' }, 'T1', null] }),
      );
    expect((await list(session)).result.tasks).toHaveLength(1);
    expect((await list({ ...session, identity: { ...ana, sub: 'ben' } })).result).toEqual({
      tasks: [],
    });
    expect(
      (await last(gate, session, request('tasks/list', {}), answer({ tasks: { a: 'T1' } }))).result,
    ).toEqual({ tasks: [] });
  });

  it('tells nobody else what becomes of it', async () => {
    const gate = new TestGate([tools]);
    await begin(gate);
    const status = told('notifications/tasks/status', { taskId: 'T1', statusMessage: 'x' });
    const [stranger] = await pass(gate, { ...session, identity: { ...ana, sub: 'ben' } }, status);
    expect(stranger?.kind).toBe('drop');
    const [unknown] = await pass(
      gate,
      session,
      told('notifications/tasks/status', { taskId: 'T9' }),
    );
    expect(unknown?.kind).toBe('drop');
  });

  it.each<[string, JsonObject]>([
    ['no id', { task: state }],
    ['an id that is no text', { task: { taskId: 41111, ...state } }],
    ['an empty id', { task: { taskId: '', ...state } }],
    ['an id that is too long', { task: { taskId: 'x'.repeat(513), ...state } }],
  ])('does not begin with %s', async (_, result) => {
    const { result: left } = await last(new TestGate([tools]), session, call(), answer(result));
    expect(left).toMatchObject({ isError: true });
  });

  it('is no other one than was asked for', async () => {
    const gate = new TestGate([tools]);
    const id = await begin(gate);
    await begin(gate, 'T2');
    for (const taskId of ['T2', 5]) {
      const { error } = await last(gate, session, about('get', id), answer({ taskId, ...state }));
      expect(error.message).toContain('broke the protocol');
    }
  });

  it('is named in what the upstream asks for it, and in the answer', async () => {
    const ask = { id: 'q', on: { methods: ['elicitation/create'] }, then: 'allow' };
    const gate = new TestGate([tools, ask]);
    const id = await begin(gate);
    const related = (taskId: Json) => ({ _meta: { [RELATED]: { taskId, x: 1 }, b: 2 } });
    const question = asked('elicitation/create', { message: 'Who?', ...related('T1') });
    const down = await last(gate, session, about('result', id), question);
    expect(down.params._meta).toEqual({ [RELATED]: { taskId: id }, b: 2 });
    const reply = { ...answer({ action: 'accept', ...related(id) }), direction: 'up' } as Frame;
    const up = await last(gate, { ...session, method: 'elicitation/create' }, reply);
    expect(up.result._meta).toEqual({ [RELATED]: { taskId: 'T1' }, b: 2 });
    for (const other of ['T9', 7, email]) {
      const foreign = asked('elicitation/create', { message: 'Who?', ...related(other) });
      const left = await last(gate, session, about('result', id), foreign);
      expect(left.params._meta).toEqual({ b: 2 });
    }
  });

  it('asks for nothing beside how long it is kept', async () => {
    const odd = request('tools/call', { name: 'query', arguments: {}, task: { ttl: 5, x: email } });
    expect((await last(new TestGate([tools]), session, odd)).params.task).toEqual({ ttl: 5 });
    expect((await last(new TestGate([tools]), stateless, odd)).params.task).toBeUndefined();
  });
});

describe('the right to a task', () => {
  it('follows the call that made it, with its arguments', async () => {
    const gate = new TestGate([byArgs]);
    const id = await begin(gate);
    expect((await pass(gate, session, about('result', id)))[0]?.kind).toBe('forward');
    const later = new TestGate([{ ...byArgs, when: { 'args.sql': { eq: 'other' } } }]);
    const left = await last(gate, { ...session, snapshot: later.snapshot }, about('result', id));
    expect(left.error).toMatchObject({ code: -32010 });
    const list = answer({ tasks: [{ taskId: 'T1', ...state }] });
    const listed = await last(
      gate,
      { ...session, snapshot: later.snapshot },
      request('tasks/list', {}),
      list,
    );
    expect(listed.result?.tasks ?? []).toEqual([]);
  });

  it('is not had where it depends on arguments that the gate has forgotten', async () => {
    const id = await begin(new TestGate([byArgs]));
    const restarted = new TestGate([byArgs]);
    const { error } = await last(restarted, session, about('get', id));
    expect(error).toMatchObject({ code: -32010, message: expect.stringContaining('forgotten') });
    const open = new TestGate([tools]);
    expect((await last(open, session, about('get', id))).params.taskId).toBe('T1');
    const no = { id: 'no', on: { tools: ['*'] }, when: { 'args.sql': { eq: 'x' } }, then: 'block' };
    const stopped = await last(new TestGate([tools, no]), session, about('get', id));
    expect(stopped.error).toMatchObject({ code: -32010 });
  });

  it('is not given by a rule on the method, but can be taken by one', async () => {
    const id = await begin(new TestGate([tools]));
    const method = { id: 'm', on: { methods: ['tasks/*'] } };
    const only = new TestGate([{ ...method, then: 'allow' }]);
    expect((await last(only, session, about('get', id))).error).toBeDefined();
    const never = new TestGate([
      tools,
      { ...method, on: { methods: ['tasks/cancel'] }, then: 'block' },
    ]);
    expect((await last(never, session, about('cancel', id))).error.message).toContain('"m"');
    expect((await last(never, session, about('get', id))).method).toBe('tasks/get');
  });

  it('is refused as if there were none where a rule hides it', async () => {
    const id = await begin(new TestGate([tools]));
    const hidden = new TestGate([{ id: 'h', on: { tools: ['*'] }, then: 'block', denial: 'hide' }]);
    expect((await last(hidden, session, about('get', id))).error).toEqual(notFound);
  });
});

describe('the result of a task', () => {
  const no = {
    id: 'no',
    on: { tools: ['*'] },
    when: { 'result.content[0].text': { contains: 'secret' } },
    then: 'block',
  };
  const emails = {
    id: 'm',
    on: { tools: ['query'] },
    mask: [{ find: ['email'] }, { path: 'structuredContent.x' }],
  };
  const outcome = {
    content: [{ type: 'text', text: `<${email}> 12345` }],
    structuredContent: { x: '12345' },
  };

  it('is judged as the result of the call', async () => {
    const gate = new TestGate([tools, no]);
    const id = await begin(gate);
    const left = await last(gate, session, about('result', id), answer(text('a secret')));
    expect(left.error).toMatchObject({ code: -32010, message: expect.stringContaining('"no"') });
    const ok = { ...tools, when: { 'result.content[0].text': { eq: 'fine' } } };
    const strict = new TestGate([ok]);
    const other = await begin(strict);
    const fine = await last(strict, session, about('result', other), answer(text('fine')));
    expect(fine.result).toEqual(text('fine'));
    expect(
      (await last(strict, session, about('result', other), answer(text('x')))).error,
    ).toBeDefined();
  });

  it('is masked as the result of the call', async () => {
    const gate = new TestGate([tools, emails]);
    const id = await begin(gate);
    const { result } = await last(gate, session, about('result', id), answer(outcome));
    expect(JSON.stringify(result)).not.toMatch(/joe@|12345/);
    const { error } = await last(gate, session, about('result', id), failure(`no ${email}`));
    expect(error.message).not.toContain(email);
    expect(gate.transcript()).not.toMatch(/joe@|12345/);
  });

  it('and what is said of its state show nothing that must be masked', async () => {
    const gate = new TestGate([tools, emails]);
    const first = await last(
      gate,
      session,
      call(),
      begun(email, { statusMessage: email, status: email }),
    );
    const id = (first.result.task as { taskId: string }).taskId;
    const odd = {
      taskId: email,
      statusMessage: email,
      createdAt: email,
      [email]: 1,
      _meta: { [RELATED]: { taskId: email } },
    };
    const lefts = [
      first,
      await last(gate, session, about('get', id), answer(odd)),
      await last(gate, session, about('cancel', id), answer(odd)),
      await last(gate, session, request('tasks/list', {}), answer({ tasks: [odd] })),
      await last(gate, session, told('notifications/tasks/status', odd)),
      await last(
        gate,
        session,
        about('result', id),
        answer({ ...outcome, _meta: { [RELATED]: { taskId: email, a: email } } }),
      ),
    ];
    for (const left of lefts) {
      expect(left.error).toBeUndefined();
      expect(JSON.stringify(left)).not.toContain(email);
    }
    expect(gate.transcript()).not.toContain(email);
  });

  it('shows nothing of what is refused in the transcript', async () => {
    const all = {
      id: 'all',
      on: { tools: ['*'] },
      when: { 'result.statusMessage': { exists: true } },
      then: 'block',
    };
    const gate = new TestGate([tools, emails, all]);
    const id = await begin(gate, email);
    const odd = { taskId: email, statusMessage: email };
    expect((await last(gate, session, about('get', id), answer(odd))).error).toBeDefined();
    expect(
      (await last(gate, session, about('get', id), answer({ ...odd, taskId: 'b@example.com' })))
        .error,
    ).toBeDefined();
    expect(gate.transcript()).not.toContain('@example');
    const never = { ...all, when: { 'result.task': { exists: true } } };
    const closed = new TestGate([tools, emails, never]);
    const { result } = await last(closed, session, call(), begun(email, { statusMessage: email }));
    expect(result.isError).toBe(true);
    expect(closed.transcript()).not.toContain('@example');
  });
});

describe('tasks of clients', () => {
  it('are not offered', async () => {
    const capabilities = { tasks: { list: {} }, roots: {} };
    const gate = new TestGate([{ id: 'all', then: 'allow' }]);
    const up = await last(gate, session, request('initialize', { capabilities }));
    expect(up.params.capabilities).toEqual({ roots: {} });
  });

  it('can’t be made or named by upstreams, and clients can’t tell of any', async () => {
    const gate = new TestGate([{ id: 'all', then: 'allow' }]);
    const question = asked('sampling/createMessage', { messages: [], task: { ttl: 1 } });
    expect((await last(gate, session, call(), question)).params).toEqual({ messages: [] });
    for (const method of ['get', 'result', 'list', 'cancel']) {
      const left = await last(gate, session, call(), asked(`tasks/${method}`, { taskId: 'x' }));
      expect(left).toMatchObject({ id: 7, error: { code: -32601 } });
    }
    const [status] = await pass(
      gate,
      session,
      notice('notifications/tasks/status', { taskId: 'x' }),
    );
    expect(status?.kind).toBe('drop');
  });
});

describe('a task of the extension (2026-07-28)', () => {
  const ask = { id: 'q', on: { methods: ['elicitation/create'] }, then: 'allow' };
  const form = { method: 'elicitation/create', params: { message: 'Who?' } };
  const required = { taskId: 'T1', status: 'input_required', inputRequests: { who: form } };
  const accept = { action: 'accept', content: { name: 'Joe' } };

  it('has an id that only its caller can use', async () => {
    const gate = new TestGate([tools]);
    const id = await beginExt(gate);
    expect(id).toMatch(/^[\w-]{50,}$/);
    const got = await last(
      gate,
      stateless,
      get(id),
      answer({ resultType: 'complete', taskId: 'T1', ...state }),
    );
    expect(got.result).toMatchObject({ taskId: id, status: 'working' });
    expect((await last(gate, stateless, get(id))).params.taskId).toBe('T1');
    const foreign = { ...stateless, identity: { ...ana, sub: 'ben' } };
    expect((await last(gate, foreign, get(id))).error).toMatchObject(notFound);
  });

  it('is not made for a client that takes none, or of anything but a call', async () => {
    const gate = new TestGate([{ id: 'all', then: 'allow' }]);
    const task = answer({ resultType: 'task', taskId: 'T1', ...state });
    const bare = request('tools/call', { name: 'query', _meta: {} });
    expect((await last(gate, stateless, bare, task)).result.isError).toBe(true);
    const prompt = request('prompts/get', { name: 'p', _meta: meta });
    expect((await last(gate, stateless, prompt, task)).error.message).toContain('broke');
  });

  it('has its final result judged and masked as that of the call', async () => {
    const no = {
      id: 'no',
      on: { tools: ['*'] },
      when: { 'result.content[0].text': { contains: 'secret' } },
      then: 'block',
    };
    const emails = {
      id: 'm',
      on: { tools: ['query'] },
      mask: [{ find: ['email'] }, { path: 'structuredContent.x' }],
    };
    const gate = new TestGate([tools, no, emails]);
    const id = await beginExt(gate);
    const done = (result: Json) =>
      answer({ resultType: 'complete', taskId: 'T1', status: 'completed', result });
    const bad = await last(gate, stateless, get(id), done(text(`a secret of ${email}`)));
    expect(bad.error.message).toContain('"no"');
    const blob = Buffer.from(`${email} ${'x'.repeat(99)}`).toString('base64');
    const fine = { content: [{ type: 'image', data: blob }], structuredContent: { x: '12345' } };
    const { result } = await last(gate, stateless, get(id), done(fine));
    expect(result).toMatchObject({ status: 'completed', result: { structuredContent: {} } });
    expect(JSON.stringify(result)).not.toContain('12345');
    expect(JSON.stringify(result)).not.toContain(blob.slice(0, 12));
    const failed = answer({
      taskId: 'T1',
      status: 'failed',
      error: { code: -32603, message: email, data: { [email]: 1 } },
    });
    expect((await last(gate, stateless, get(id), failed)).result).toMatchObject({
      error: { code: -32603 },
    });
    expect(gate.transcript()).not.toContain(email);
  });

  it('has its error judged as that of the call', async () => {
    const no = {
      id: 'no',
      on: { tools: ['query'] },
      when: { 'error.message': { contains: 'traceback' } },
      then: 'block',
    };
    const gate = new TestGate([tools, no]);
    const id = await beginExt(gate);
    const failed = (message: string) => ({
      ...{ resultType: 'complete', taskId: 'T1', ...state, status: 'failed' },
      error: { code: -32603, message },
    });
    const bad = await last(gate, stateless, get(id), answer(failed('traceback of x')));
    expect(bad.error.message).toContain('"no"');
    const fine = await last(gate, stateless, get(id), answer(failed('busy')));
    expect(fine.result).toMatchObject({ status: 'failed' });
    const [news] = await pass(gate, stateless, told('notifications/tasks', failed('traceback')));
    expect(news?.kind).toBe('drop');
  });

  it('has what it asks judged, by whatever way it comes', async () => {
    const open = new TestGate([tools, ask]);
    const id = await beginExt(open);
    const { result } = await last(open, stateless, get(id), answer(required));
    expect(result.inputRequests).toEqual({ who: form });
    const closed = new TestGate([tools]);
    expect(
      (await last(closed, stateless, get(await beginExt(closed)), answer(required))).error,
    ).toBeDefined();
    const made = answer({ resultType: 'task', ...required });
    expect((await last(closed, stateless, callExt(), made)).result.isError).toBe(true);
    const listen = request('subscriptions/listen', {
      notifications: { taskIds: [id] },
      _meta: meta,
    });
    const news = told('notifications/tasks', required);
    await pass(closed, stateless, listen);
    expect((await pass(closed, stateless, news))[0]?.kind).toBe('drop');
    const left = await last(open, stateless, news);
    expect(left.params).toMatchObject({ taskId: id, inputRequests: { who: form } });
  });

  it('takes answers to what it has asked, each judged', async () => {
    const no = {
      id: 'no',
      on: { methods: ['elicitation/create'] },
      when: { 'result.content.name': { eq: 'x' } },
      then: 'block',
    };
    const gate = new TestGate([tools, ask, no]);
    const id = await beginExt(gate);
    const update = (inputResponses: Json) => about('update', id, { inputResponses, _meta: meta });
    const early = await last(gate, stateless, update({ who: accept }));
    expect(early.params).toEqual({ taskId: 'T1', inputResponses: {}, _meta: meta });
    expect(gate.transcript()).toContain('inputResponses (not asked for)');
    await last(gate, stateless, get(id), answer(required));
    const up = await last(gate, stateless, update({ who: accept, other: accept }));
    expect(up.params).toEqual({ taskId: 'T1', inputResponses: { who: accept }, _meta: meta });
    const bad = await last(
      gate,
      stateless,
      update({ who: { action: 'accept', content: { name: 'x' } } }),
    );
    expect(bad.error.message).toContain('"no"');
    expect((await last(gate, stateless, update(['x']))).error.code).toBe(-32602);
    const ack = await last(
      gate,
      stateless,
      update({ who: accept }),
      answer({ resultType: 'complete' }),
    );
    expect(ack.result).toEqual({ resultType: 'complete' });
  });

  it('takes answers after a restart where they may answer whatever it has asked', async () => {
    const id = await beginExt(new TestGate([tools, ask]));
    const update = (inputResponses: Json) => about('update', id, { inputResponses, _meta: meta });
    const all = {
      ...ask,
      on: { methods: [...ask.on.methods, 'sampling/createMessage', 'roots/list'] },
    };
    const anew = new TestGate([tools, all]);
    const up = await last(anew, stateless, update({ who: accept }));
    expect(up.params).toEqual({ taskId: 'T1', inputResponses: { who: accept }, _meta: meta });
    const strict = new TestGate([tools, ask]);
    expect((await last(strict, stateless, update({ who: accept }))).params.inputResponses).toEqual(
      {},
    );
    await last(strict, stateless, get(id), answer(required));
    const told = await last(strict, stateless, update({ who: accept, other: accept }));
    expect(told.params.inputResponses).toEqual({ who: accept });
  });

  it('is not told of to clients that don’t declare the extension, whether there is one or not', async () => {
    const gate = new TestGate([tools]);
    const id = await beginExt(gate);
    const bare = {
      ...meta,
      'io.modelcontextprotocol/clientCapabilities': { elicitation: {}, extensions: {} },
    };
    for (const method of ['get', 'update', 'cancel']) {
      for (const taskId of [id, 'nobody’s']) {
        for (const _meta of [bare, {}]) {
          const { error } = await last(gate, stateless, about(method, taskId, { _meta }));
          expect(error).toEqual({
            code: -32021,
            message: expect.stringContaining(EXTENSION),
            data: { requiredCapabilities: { extensions: { [EXTENSION]: {} } } },
          });
        }
      }
    }
    // Sessions declare it once, and upstreams know.
    const left = await last(gate, session, about('get', await begin(gate)));
    expect(left.params.taskId).toBe('T1');
  });

  it('tells of itself whoever subscribes to it, after a restart too, and nobody else', async () => {
    const gate = new TestGate([tools]);
    const id = await beginExt(gate);
    const listen = (ids: Json) =>
      request('subscriptions/listen', {
        notifications: { taskIds: ids, toolsListChanged: true },
        _meta: meta,
      });
    const up = await last(gate, stateless, listen([id, 'T1', 7]));
    expect(up.params.notifications).toMatchObject({ taskIds: ['T1'] });
    const ack = told('notifications/subscriptions/acknowledged', {
      notifications: { taskIds: ['T1', 'T7', email] },
    });
    const news = told('notifications/tasks', {
      taskId: 'T1',
      status: 'completed',
      result: text('rows'),
    });
    for (const at of [gate, new TestGate([tools])]) {
      const [, acknowledged] = await pass(at, stateless, listen([id]), ack);
      expect(leaving(acknowledged)).toMatchObject({ params: { notifications: { taskIds: [id] } } });
      // Each notification of a subscription is an exchange of its own.
      const left = await last(at, stateless, news);
      expect(left.params).toMatchObject({ taskId: id, result: text('rows') });
    }
    const ben = { ...stateless, identity: { ...ana, sub: 'ben' } };
    const [first] = await pass(gate, ben, listen([id]), ack);
    expect(leaving(first)).toMatchObject({ params: { notifications: { taskIds: [] } } });
    expect((await pass(gate, ben, news))[0]?.kind).toBe('drop');
  });
});

describe('what a task failed with', () => {
  const url = 'https://visit.example';
  const visits = { id: 'visits', on: { methods: ['elicitation/create'] }, then: 'allow' };
  const elsewhere = { ...visits, when: { 'args.url': { starts_with: 'https://other.' } } };
  const failed = (code: string, data: Json = { elicitations: [{ mode: 'url', url }] }) =>
    `"taskId":"T1","status":"failed","error":{"code":${code},"message":"m","data":${JSON.stringify(data)}}`;
  const read = (message: string) =>
    decodeText(`{"jsonrpc":"2.0",${message}}`, 'down', { bytes: 10_000, depth: 20 });
  /** What leaves of a task's state, asked for and told. */
  async function left(rules: ConstructorParameters<typeof TestGate>[0], body: string) {
    const gate = new TestGate(rules);
    const id = await beginExt(gate);
    const get = request('tasks/get', { taskId: id, _meta: meta });
    const listen = request('subscriptions/listen', {
      notifications: { taskIds: [id] },
      _meta: meta,
    });
    const asked = await last(gate, stateless, get, read(`"id":1,"result":{${body}}`));
    const news = read(`"method":"notifications/tasks","params":{${body}}`);
    return [asked, await last(gate, stateless, listen, news)].map((one) => JSON.stringify(one));
  }

  it('sends the client to URLs that rules allow, and to no other', async () => {
    for (const body of [failed('-32042'), failed('-3.2042e4')]) {
      for (const one of await left([tools, visits], body)) expect(one).toContain(url);
      for (const rules of [[tools], [tools, elsewhere]]) {
        for (const one of await left(rules, body)) expect(one ?? '').not.toContain(url);
      }
    }
  });

  it.each(['"-32042"', '-32042.00000000000000001', 'null', '[-32042]'])(
    'has a code that everybody reads alike, not %s',
    async (code) => {
      for (const one of await left([tools], failed(code))) expect(one ?? '').not.toContain(url);
    },
  );

  it('names the URLs that it sends the client to', async () => {
    for (const data of [{ url }, { elicitations: { url } }, { elicitations: [{ url }] }]) {
      const all = await left([tools, visits], failed('-32042', data));
      for (const one of all) expect(one ?? '').not.toContain(url);
    }
  });
});

describe('what the gate remembers of tasks', () => {
  const who = (sub: string, session = '') => ({
    ...{ identity: { ...ana, sub } as Identity, upstream: 'db', session: { name: session } },
    now: () => 0,
  });
  const params = (size: number) => ({ name: 'query', arguments: { x: 'x'.repeat(size) } });

  it('is bounded for each caller, so that one can’t push out the others', () => {
    const tasks = new Tasks(new Seal(new Uint8Array(32), 'task'));
    const kept = tasks.begin('mine', who('ana'), params(1));
    for (let i = 0; i < 1000; i++) tasks.begin(`T${i}`, who('ben', `s${i % 300}`), params(1));
    expect(tasks.open(kept.id, who('ana'))?.call).toBeDefined();
    expect(tasks.find('T0', who('ben', 's0'))).toBeUndefined();
    expect(tasks.find('T999', who('ben', 's99'))?.tool).toBe('query');
  });

  it('does not hold long arguments, nor too many', () => {
    const tasks = new Tasks(new Seal(new Uint8Array(32), 'task'));
    expect(tasks.begin('long', who('ana'), params(70_000)).call).toBeUndefined();
    for (let i = 0; i < 400; i++) tasks.begin('T', who(`sub${i}`), params(60_000));
    expect(tasks.find('T', who('sub0'))).toBeUndefined();
    expect(tasks.find('T', who('sub399'))?.call).toBeDefined();
  });

  it('never opens an id for anybody but whose it is', () => {
    const tasks = new Tasks(new Seal(new Uint8Array(32), 'task'));
    const subject = fc.record({
      sub: fc.constantFrom('a', 'b', 'a\nb'),
      issuer: fc.constantFrom('i', 'b'),
      upstream: fc.constantFrom('u', 'v'),
      session: fc.constantFrom('', 's', 't'),
    });
    fc.assert(
      fc.property(subject, subject, fc.string({ minLength: 1 }), (one, other, own) => {
        const of = ({ sub, issuer, upstream, session }: typeof one) => ({
          ...{ identity: { ...ana, sub, issuer }, upstream, session: { name: session } },
          now: () => 0,
        });
        const { id } = tasks.begin(own, of(one), params(1));
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(tasks.open(id, of(other))?.own).toBe(same ? own : undefined);
        expect(tasks.begin(own, of(one), params(1)).id).toBe(id);
      }),
    );
  });
});
