import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { Frame } from '../../src/model/message.ts';
import type { TokenStore } from '../../src/model/seams.ts';
import type { Verdict } from '../../src/pipeline/contract.ts';
import type { ExchangeInit } from '../../src/pipeline/exchange.ts';
import { MemoryTokens } from '../../src/store/memory/tokens.ts';
import { answer, leaving, request, TestGate, told } from '../support/gate.ts';

// Calls that take more than one request: those that ask for input, and tasks.

const MAIL = 'bob.jones@example.com';
const HOUR = 3_600_000;
const stateless: Partial<ExchangeInit> = {
  session: { name: '', client: {}, protocol: '2026-07-28' },
};
const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {
    elicitation: { form: {} },
    extensions: { 'io.modelcontextprotocol/tasks': {} },
  },
};
const rules = [
  {
    id: 'people',
    on: { tools: ['get_person'] },
    then: 'allow',
    mask: [{ find: ['email'], with: 'token' }],
  },
  { id: 'send', on: { tools: ['send'] }, then: 'allow', reveal: ['email'] },
  {
    id: 'questions',
    on: { methods: ['elicitation/create'] },
    then: 'allow',
    reveal: ['email'],
  },
];
const form = (message: string) => ({
  method: 'elicitation/create',
  params: { message, requestedSchema: {} },
});
const state = { status: 'working', createdAt: '2026-01-01T00:00:00Z', ttl: 1000 };

let now: number;
let tokens: TokenStore;
let gate: TestGate;
let token: string;
const newGate = () => new TestGate(rules, { tokens, clock: () => now });

beforeEach(async () => {
  now = 1_000_000;
  tokens = new MemoryTokens({ clock: () => now, max: 100, maxOfOwner: 100 });
  gate = newGate();
  const asking = request('tools/call', { name: 'get_person', arguments: {}, _meta: meta });
  const got = await last(
    gate,
    asking,
    answer({ resultType: 'complete', content: [{ type: 'text', text: MAIL }] }),
  );
  [{ text: token }] = (got.result as { content: [{ text: string }] }).content;
  expect(token).toMatch(/^email:/);
});

async function last(at: TestGate, ...frames: readonly Frame[]) {
  const [first] = frames;
  if (!first) throw new Error('no frame');
  const exchange = at.exchange(first, stateless);
  let verdict: Verdict | undefined;
  for (const frame of frames) verdict = await at.gate.pass(frame, exchange);
  return leaving(verdict) as { params: JsonObject; result: JsonObject; error?: JsonObject };
}

const send = (more: JsonObject = {}) =>
  request('tools/call', { name: 'send', arguments: { to: token }, _meta: meta, ...more });

describe('a call that asks for input', () => {
  const asks = (message: string) =>
    answer({
      resultType: 'input_required',
      requestState: `for ${MAIL}`,
      inputRequests: { who: form(message) },
    });

  it('asks with the token, and goes on with what it stands for', async () => {
    const { result } = await last(gate, send(), asks(`also to ${MAIL}?`));
    expect(result.inputRequests).toMatchObject({
      who: { params: { message: `also to ${token}?` } },
    });
    const inputResponses = {
      who: { action: 'accept', content: { cc: token, note: `x ${token}` } },
    };
    const { requestState = '' } = result;
    const again = await last(gate, send({ requestState, inputResponses }));
    expect(again.params).toMatchObject({
      arguments: { to: MAIL },
      // The upstream's own state is what it was.
      requestState: `for ${MAIL}`,
      inputResponses: { who: { content: { cc: MAIL, note: `x ${MAIL}` } } },
    });
    expect(gate.transcript()).not.toContain('bob.jones');
  });

  it('leaves tokens alone in answers to questions whose rule reveals nothing', async () => {
    const strict = new TestGate(
      [...rules.slice(0, 2), { id: 'q', on: { methods: ['elicitation/create'] }, then: 'allow' }],
      { tokens, clock: () => now },
    );
    const { result } = await last(strict, send(), asks('who?'));
    const inputResponses = { who: { action: 'accept', content: { cc: token } } };
    const { requestState = '' } = result;
    const again = await last(strict, send({ requestState, inputResponses }));
    expect(again.params).toMatchObject({ arguments: { to: MAIL }, inputResponses });
  });
});

describe('a call that becomes a task', () => {
  const begins = answer({ resultType: 'task', taskId: 'T', ...state });
  const begin = async () => (await last(gate, send(), begins)).result.taskId as string;
  const get = (taskId: string) => request('tasks/get', { taskId, _meta: meta });
  const done = answer({
    ...{ resultType: 'complete', taskId: 'T', ...state, status: 'completed' },
    result: { content: [{ type: 'text', text: `sent to ${MAIL}` }] },
  });

  it('has the token in its outcome, however late', async () => {
    const id = await begin();
    now += 30 * HOUR;
    const { result } = await last(gate, get(id), done);
    expect(result.result).toMatchObject({ content: [{ text: `sent to ${token}` }] });
    expect(gate.transcript()).not.toContain('bob.jones');
  });

  it('has it in what the upstream notifies', async () => {
    await begin();
    const notice = told('notifications/tasks', {
      taskId: 'T',
      ...state,
      statusMessage: `for ${MAIL}`,
    });
    const { params } = await last(gate, notice);
    expect(params.statusMessage).toBe(`for ${token}`);
  });

  it('is out of reach once the gate has forgotten what it put back', async () => {
    const id = await begin();
    const later = newGate();
    const answered = await last(later, get(id));
    expect(answered.error?.message).toContain('has forgotten');
  });

  it('that gave nothing away outlives the gate', async () => {
    token = 'nobody';
    const id = await begin();
    expect(await last(newGate(), get(id))).toMatchObject({ params: { taskId: 'T' } });
  });
});
