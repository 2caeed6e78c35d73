import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { ExchangeInit } from '../../src/pipeline/exchange.ts';
import { answer, request, told } from '../support/gate.ts';
import { ana, type RuleText } from '../support/policies.ts';
import { Setting, stateless } from './approval-setting.ts';

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {
    elicitation: { form: {} },
    extensions: { 'io.modelcontextprotocol/tasks': {} },
  },
};
const args = { table: 'users' };
const call = request('tools/call', { name: 'drop', arguments: args, _meta: meta });
const state = { status: 'working', createdAt: '2026-01-01T00:00:00Z', ttlMs: 1000 };
const begun = answer({ resultType: 'task', taskId: 'T', ...state });
const about = (method: string, taskId: string, more: JsonObject = {}) =>
  request(method, { taskId, ...more, _meta: meta });
const done = answer({
  ...{ resultType: 'complete', taskId: 'T', ...state, status: 'completed' },
  result: { resultType: 'complete', content: [{ type: 'text', text: 'dropped' }] },
});

const ask = {
  id: 'ask',
  on: { tools: ['drop'] },
  when: { 'args.table': { ne: 'scratch' } },
  then: 'approve',
  approval: { by: ['group:dba'] },
} as const;

/** A task that an approved call has made. */
async function approvedTask(facts: Partial<ExchangeInit> = stateless) {
  const setting = new Setting([ask]);
  await setting.last([call], facts);
  await setting.approveAll();
  const { result } = await setting.last([call, begun], facts);
  return { setting, id: String(result?.taskId) };
}

describe('a task that an approved call has made', () => {
  it('needs no second yes: its state, its result, its end, and answers to what it asks', async () => {
    const { setting, id } = await approvedTask();
    expect(await setting.ids('used')).toHaveLength(1);
    const { result } = await setting.last([about('tasks/get', id), done]);
    expect(result).toMatchObject({ taskId: id, result: { content: [{ text: 'dropped' }] } });
    expect(await setting.last([about('tasks/cancel', id)])).toMatchObject({
      params: { taskId: 'T' },
    });
    const update = about('tasks/update', id, { inputResponses: { who: { action: 'accept' } } });
    expect(await setting.last([update])).toMatchObject({ params: { taskId: 'T' } });
    const [used] = await setting.ids('used');
    expect(setting.gate.transcript()).toContain(`was approved (approval ${used})`);
    expect(await setting.ids()).toEqual([]);
  });

  it('is told of in a session, and listed there', async () => {
    const session = { session: { name: 's1', client: {}, protocol: '2025-11-25' } };
    const setting = new Setting([ask]);
    const wish = request('tools/call', { name: 'drop', arguments: args, task: {} });
    await setting.last([wish], session);
    await setting.approveAll();
    const task = { taskId: 'T', status: 'working', ttl: 1, createdAt: '2026-01-01T00:00:00Z' };
    const made = await setting.last([wish, answer({ task })], session);
    const { taskId } = (made.result as { task: { taskId: string } }).task;
    const news = told('notifications/tasks/status', task);
    expect(await setting.last([news], session)).toMatchObject({ params: { taskId } });
    const listed = await setting.last([request('tasks/list'), answer({ tasks: [task] })], session);
    expect(listed.result?.tasks).toMatchObject([{ taskId }]);
  });

  it('outlives a restart: what was approved stands in its id', async () => {
    const { id } = await approvedTask();
    const after = new Setting([ask]);
    expect(await after.last([about('tasks/get', id)])).toMatchObject({ params: { taskId: 'T' } });
    const { result } = await after.last([about('tasks/get', id), done]);
    expect(result).toMatchObject({ taskId: id });
    const news = told('notifications/tasks', { taskId: 'T', ...state });
    expect(await after.last([news])).toMatchObject({ params: { taskId: id } });
  });

  it('goes on where the rule has only moved, or asks for nothing any longer', async () => {
    const { setting, id } = await approvedTask();
    const allow = { id: 'all', on: { tools: ['*'] }, then: 'allow' };
    setting.change([allow, { ...ask, reason: 'In other words.' }]);
    expect(await setting.last([about('tasks/get', id)])).toMatchObject({ params: { taskId: 'T' } });
    setting.change([allow]);
    expect(await setting.last([about('tasks/get', id)])).toMatchObject({ params: { taskId: 'T' } });
  });

  const by = (...people: string[]) => ({ ...ask, approval: { by: people } });
  it.each<[string, readonly RuleText[]]>([
    ['another rule asks as well', [ask, { ...by('group:owners'), id: 'ask-more' }]],
    ['the rule asks for two people', [{ ...ask, approval: { by: ['group:dba'], quorum: 2 } }]],
    ['the rule asks for others', [by('group:owners')]],
    ['a rule blocks the call', [ask, { id: 'no', on: { tools: ['drop'] }, then: 'block' }]],
    ['a rule blocks the method', [ask, { id: 'no', on: { methods: ['tasks/*'] }, then: 'block' }]],
    [
      'a rule asks for approval of the method',
      [ask, { id: 'own', on: { methods: ['tasks/get'] }, then: 'approve' }],
    ],
  ])('is refused where %s by now, and nobody is asked', async (_, rules) => {
    const { setting, id } = await approvedTask();
    setting.change(rules);
    expect(await setting.last([about('tasks/get', id)])).toMatchObject({ error: { code: -32010 } });
    expect(await setting.ids()).toEqual([]);
  });

  it('is nobody else’s', async () => {
    const { setting, id } = await approvedTask();
    const eve = { ...stateless, identity: { ...ana, sub: 'eve' } };
    expect(await setting.last([about('tasks/get', id)], eve)).toMatchObject({
      error: { code: -32602 },
    });
  });
});

describe('a task that a call has made which nobody approved', () => {
  it('is refused where a rule asks for approval by now', async () => {
    const setting = new Setting([{ id: 'all', on: { tools: ['*'] }, then: 'allow' }]);
    const { result } = await setting.last([call, begun]);
    setting.change([ask]);
    const get = about('tasks/get', String(result?.taskId));
    expect(await setting.last([get])).toMatchObject({ error: { code: -32010 } });
    expect(await setting.ids()).toEqual([]);
  });
});
