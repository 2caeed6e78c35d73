import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Frame } from '../../src/model/message.ts';
import type { Verdict } from '../../src/pipeline/contract.ts';
import type { ExchangeInit } from '../../src/pipeline/exchange.ts';
import { answer, leaving, request, TestGate } from '../support/gate.ts';

type Facts = Partial<ExchangeInit>;
const inSession = (name: string): Facts => ({
  session: { name, client: {}, protocol: '2025-11-25' },
});
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
const tools = { id: 'tools', on: { tools: ['query'] }, then: 'allow' } as const;

describe('tasks whose upstream gives ids per session (any stdio server that counts)', () => {
  const rules = [
    tools,
    {
      id: 'salaries-are-masked',
      on: { tools: ['query'] },
      when: { 'args.table': { eq: 'salaries' } },
      mask: [{ find: ['email'] }],
    },
  ];
  const call = (table: string) =>
    request('tools/call', { name: 'query', arguments: { table }, task: {} });
  const begun = answer({ task: { taskId: 'task-1', ...state } });
  const idOf = (left: { result?: JsonObject }) =>
    String((left.result?.task as { taskId: Json } | undefined)?.taskId);

  it('judges the result by the call that made it, not by a later one in another session', async () => {
    const gate = new TestGate(rules);
    const id = idOf(await last(gate, inSession('a'), call('salaries'), begun));
    const before = await last(
      gate,
      inSession('a'),
      request('tasks/result', { taskId: id }),
      answer(text('joe@example.com')),
    );
    expect(JSON.stringify(before)).not.toContain('joe@example.com');
    await last(gate, inSession('b'), call('public'), begun);
    const after = await last(
      gate,
      inSession('a'),
      request('tasks/result', { taskId: id }),
      answer(text('joe@example.com')),
    );
    expect(JSON.stringify(after)).not.toContain('joe@example.com');
  });
});

describe('what a task failed with', () => {
  it('sends nobody to a URL that no rule allows', async () => {
    const gate = new TestGate([tools]);
    const call = request('tools/call', { name: 'query', arguments: {}, _meta: meta });
    const begins = answer({ resultType: 'task', taskId: 'T', ...state });
    const id = (await last(gate, stateless, call, begins)).result?.taskId as string;
    const get = request('tasks/get', { taskId: id, _meta: meta });
    const failed = answer({
      ...{ resultType: 'complete', taskId: 'T', ...state, status: 'failed' },
      error: {
        code: -32042,
        message: 'visit',
        data: { elicitations: [{ mode: 'url', url: 'https://evil.example', message: 'm' }] },
      },
    });
    expect(JSON.stringify(await last(gate, stateless, get, failed))).not.toContain('evil');
  });
});
