import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { Frame } from '../../src/model/message.ts';
import type { Verdict } from '../../src/pipeline/contract.ts';
import type { ExchangeInit } from '../../src/pipeline/exchange.ts';
import { answer, leaving, request, TestGate, told } from '../support/gate.ts';

type Facts = Partial<ExchangeInit>;
const inSession: Facts = { session: { name: 'a', client: {}, protocol: '2025-11-25' } };
const stateless: Facts = { session: { name: '', client: {}, protocol: '2026-07-28' } };
const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {
    elicitation: { form: {}, url: {} },
    extensions: { 'io.modelcontextprotocol/tasks': {} },
  },
};
const state = { status: 'working', createdAt: '2026-01-01T00:00:00Z', ttl: 1000 };

async function last(gate: TestGate, facts: Facts, ...frames: readonly Frame[]) {
  const [first] = frames;
  if (!first) throw new Error('no frame');
  const exchange = gate.exchange(first, facts);
  let verdict: Verdict | undefined;
  for (const frame of frames) verdict = await gate.gate.pass(frame, exchange);
  return leaving(verdict) as { result?: JsonObject; error?: JsonObject; params?: JsonObject };
}
const text = (value: string) => ({ content: [{ type: 'text', text: value }] });

describe('a result that calls itself not the last word', () => {
  const byResult = [
    {
      id: 'only-public-rows',
      on: { tools: ['query'] },
      when: { 'result.structuredContent.label': { eq: 'public' } },
      then: 'allow',
    },
  ];
  const callStateless = request('tools/call', { name: 'query', arguments: {}, _meta: meta });
  const secret = { ...text('SECRET'), structuredContent: { label: 'secret', rows: ['SECRET'] } };

  it('is blocked where it is complete', async () => {
    const left = await last(new TestGate(byResult), stateless, callStateless, answer(secret));
    expect(JSON.stringify(left)).not.toContain('SECRET');
  });

  it('does not bring content that the rule on results would stop (input_required)', async () => {
    const asks = answer({ resultType: 'input_required', requestState: 's', ...secret });
    const left = await last(new TestGate(byResult), stateless, callStateless, asks);
    expect(JSON.stringify(left)).not.toContain('SECRET');
  });

  it('does not bring content that the rule on results would stop (task)', async () => {
    const begins = answer({ resultType: 'task', taskId: 'T', ...state, ...secret });
    const left = await last(new TestGate(byResult), stateless, callStateless, begins);
    expect(JSON.stringify(left)).not.toContain('SECRET');
  });

  it('does not bring content that the rule on results would stop (task of 2025-11-25)', async () => {
    const call = request('tools/call', { name: 'query', arguments: {}, task: {} });
    const begins = answer({ task: { taskId: 'T', ...state }, ...secret });
    const left = await last(new TestGate(byResult), inSession, call, begins);
    expect(JSON.stringify(left)).not.toContain('SECRET');
  });

  it('does not bring content in the state of a task', async () => {
    const gate = new TestGate(byResult);
    const call = request('tools/call', { name: 'query', arguments: {}, _meta: meta });
    const begins = answer({ resultType: 'task', taskId: 'T', ...state });
    const id = (await last(gate, stateless, call, begins)).result?.taskId as string;
    const get = request('tasks/get', { taskId: id, _meta: meta });
    const done = answer({ resultType: 'complete', taskId: 'T', ...state, ...secret });
    expect(JSON.stringify(await last(gate, stateless, get, done))).not.toContain('SECRET');
  });

  const taskCall = request('tools/call', { name: 'query', arguments: {}, task: {} });

  it('does not bring content within the task of 2025-11-25, nor beside it', async () => {
    const gate = new TestGate(byResult);
    const task = { taskId: 'T', ...state, ...secret, result: secret, statusMessage: secret };
    const begins = answer({ task, result: secret, error: secret, inputRequests: secret });
    const left = await last(gate, inSession, taskCall, begins);
    expect(left.result).toEqual({ task: { taskId: expect.any(String), ...state } });
    expect(gate.transcript()).toContain('members of an interim result (unknown)');
  });

  it('does not bring content in a list of tasks', async () => {
    const gate = new TestGate(byResult);
    await last(gate, inSession, taskCall, answer({ task: { taskId: 'T', ...state } }));
    const tasks = [{ taskId: 'T', ...state, ...secret }];
    const left = await last(gate, inSession, request('tasks/list', {}), answer({ tasks }));
    expect(left.result).toEqual({ tasks: [{ taskId: expect.any(String), ...state }] });
  });

  it('does not bring content in news of a task', async () => {
    const gate = new TestGate(byResult);
    await last(gate, inSession, taskCall, answer({ task: { taskId: 'T', ...state } }));
    const news = told('notifications/tasks/status', { taskId: 'T', ...state, ...secret });
    const left = await last(gate, inSession, news);
    expect(left.params).toEqual({ taskId: expect.any(String), ...state });
  });

  it('keeps all that a question and a task may say', async () => {
    const gate = new TestGate(byResult);
    const asks = { resultType: 'input_required', requestState: 's', _meta: { more: 1 } };
    const question = await last(gate, stateless, callStateless, answer(asks));
    expect(question.result).toEqual({ ...asks, requestState: expect.any(String) });
    const all = {
      ...{ resultType: 'task', taskId: 'T', status: 'working', statusMessage: 'soon' },
      ...{ createdAt: 'a', lastUpdatedAt: 'b', ttlMs: null, pollIntervalMs: 5, _meta: { more: 1 } },
    };
    const begun = await last(gate, stateless, callStateless, answer(all));
    expect(begun.result).toEqual({ ...all, taskId: expect.any(String) });
  });
});
