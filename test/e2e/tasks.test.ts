import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  InMemoryTaskMessageQueue,
  InMemoryTaskStore,
} from '@modelcontextprotocol/sdk/experimental/tasks';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { CallToolResultSchema, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Fixture } from '../conformance/fixture/http-fixture.ts';
import { startTasksServer } from '../conformance/fixture/tasks-server.ts';
import { connect, textOf } from './fixtures/agent.ts';
import { Upstream } from './fixtures/upstream.ts';
import { type RunningGate, rawPost, startGate } from './support/gate.ts';

const email = 'eve@example.com';
const policies = `apiVersion: sallyport/v1
rules:
  - id: tools
    on: { tools: ['*'] }
    when: { not: { args.text: { contains: forbidden } } }
    then: allow
    mask: [{ find: email }]
  - id: no-secrets
    on: { tools: ['*'] }
    when: { 'result.content[0].text': { contains: secret } }
    then: block
  - id: may-ask
    on: { methods: [elicitation/create] }
    then: allow
`;

let upstream: Upstream;
let extension: Fixture;
let gate: RunningGate;
const clients: Client[] = [];

beforeAll(async () => {
  const taskStore = new InMemoryTaskStore();
  upstream = await Upstream.start(() => taskServer(taskStore));
  extension = await startTasksServer();
  gate = await startGate({
    upstreams: { session: { url: upstream.url }, extension: { url: extension.url } },
    policies,
  });
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
afterAll(async () => {
  await gate?.stop();
  await Promise.all([upstream?.stop(), extension?.stop()]);
});

/** A server on SDK v1 whose tools become tasks (2025-11-25, experimental). All its sessions share the tasks. */
function taskServer(taskStore: InMemoryTaskStore): McpServer {
  const capabilities = { tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } };
  const taskMessageQueue = new InMemoryTaskMessageQueue();
  const mcp = new McpServer(
    { name: 'tasks', version: '1' },
    { capabilities, taskStore, taskMessageQueue },
  );
  const inputSchema = { text: z.string() };
  mcp.experimental.tasks.registerToolTask(
    'echo',
    { inputSchema, execution: { taskSupport: 'required' } },
    {
      createTask: async ({ text }, { taskStore: store }) => {
        const task = await store.createTask({ ttl: 60_000, pollInterval: 20 });
        const content = [{ type: 'text' as const, text }];
        if (text !== 'never') {
          setTimeout(() => void store.storeTaskResult(task.taskId, 'completed', { content }), 30);
        }
        return { task };
      },
      getTask: (_args, { taskId, taskStore: store }) => store.getTask(taskId) as never,
      getTaskResult: (_args, { taskId, taskStore: store }) => store.getTaskResult(taskId) as never,
    },
  );
  return mcp;
}

async function client(user: string): Promise<Client> {
  const { client } = await connect(gate.endpoint('session'), {
    token: await gate.token(user, 'session'),
    capabilities: {
      elicitation: {},
      tasks: { list: {}, requests: { elicitation: { create: {} } } },
    },
    prepare: (it) => it.setRequestHandler(ElicitRequestSchema, () => ({ action: 'cancel' })),
  });
  clients.push(client);
  return client;
}

async function begin(agent: Client, text: string): Promise<string> {
  const stream = agent.experimental.tasks.callToolStream(
    { name: 'echo', arguments: { text } },
    CallToolResultSchema,
    { task: { ttl: 60_000 } },
  );
  for await (const message of stream) {
    if (message.type === 'taskCreated') return message.task.taskId;
    if (message.type === 'error') throw message.error;
  }
  throw new Error('no task was made');
}

describe('a task of the session era', () => {
  it('runs through the gate as it would without', async () => {
    const agent = await client('ana');
    const types: string[] = [];
    const stream = agent.experimental.tasks.callToolStream(
      { name: 'echo', arguments: { text: `to ${email}` } },
      CallToolResultSchema,
      { task: { ttl: 60_000 } },
    );
    let result: unknown;
    for await (const message of stream) {
      types.push(message.type);
      if (message.type === 'result') result = message.result;
      if (message.type === 'error') throw message.error;
    }
    expect(types[0]).toBe('taskCreated');
    expect(textOf(result)).toMatch(/^to /);
    expect(textOf(result)).not.toContain(email);
  });

  it('is known under an id of the gate’s, by which only its caller can reach it', async () => {
    const ana = await client('ana');
    const id = await begin(ana, 'never');
    expect((await ana.experimental.tasks.getTask(id)).taskId).toBe(id);
    const listed = await ana.experimental.tasks.listTasks();
    expect(listed.tasks.map(({ taskId }) => taskId)).toContain(id);
    const bob = await client('bob');
    const notFound = { code: -32602 };
    await expect(bob.experimental.tasks.getTask(id)).rejects.toMatchObject(notFound);
    await expect(bob.experimental.tasks.cancelTask(id)).rejects.toMatchObject(notFound);
    expect((await bob.experimental.tasks.listTasks()).tasks).toEqual([]);
    const cancelled = await ana.experimental.tasks.cancelTask(id);
    expect(cancelled).toMatchObject({ taskId: id, status: 'cancelled' });
  });

  it('has its result judged as that of the call', async () => {
    const agent = await client('ana');
    const id = await begin(agent, 'a secret');
    const result = agent.experimental.tasks.getTaskResult(id, CallToolResultSchema);
    await expect(result).rejects.toMatchObject({ code: -32010 });
    await expect(begin(agent, 'forbidden')).rejects.toThrow();
  });

  it('is not what a client is asked to make', async () => {
    await client('ana');
    const { capabilities } =
      upstream.seen.findLast(({ rpc }) => rpc === 'initialize')?.params ?? {};
    expect(capabilities).toEqual({ elicitation: {} });
  });
});

describe('a task of the extension', () => {
  const TASKS = 'io.modelcontextprotocol/tasks';
  async function ask(method: string, params: Record<string, unknown>, user = 'ana') {
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {
        ...{ elicitation: {}, extensions: { [TASKS]: {} } },
      },
    };
    const body = { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } };
    const response = await rawPost(gate.endpoint('extension'), JSON.stringify(body), {
      authorization: `Bearer ${await gate.token(user, 'extension')}`,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      'mcp-name': String(params.name ?? params.taskId),
    });
    const text = await response.text();
    return JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? text);
  }
  async function until(taskId: string, status: string) {
    for (;;) {
      const answer = await ask('tasks/get', { taskId });
      if (answer.error || answer.result.status === status) return answer;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('is polled, answered and ended by its caller, and by nobody else', async () => {
    const begun = await ask('tools/call', {
      name: 'confirm_delete',
      arguments: { filename: `of ${email}` },
    });
    expect(begun.result).toMatchObject({ resultType: 'task' });
    const { taskId } = begun.result;
    const { result: asking } = await until(taskId, 'input_required');
    expect(asking).toMatchObject({
      taskId,
      inputRequests: { confirm: { method: 'elicitation/create' } },
    });
    expect(JSON.stringify(asking)).not.toContain(email);
    const notFound = { error: { code: -32602 } };
    expect(await ask('tasks/get', { taskId }, 'bob')).toMatchObject(notFound);
    const inputResponses = { confirm: { action: 'accept', content: { confirm: true } } };
    expect(await ask('tasks/update', { taskId, inputResponses }, 'bob')).toMatchObject(notFound);
    const updated = await ask('tasks/update', { taskId, inputResponses });
    expect(updated.result).toMatchObject({ resultType: 'complete' });
    const { result: done } = await until(taskId, 'completed');
    expect(textOf(done.result)).toMatch(/^deleted of /);
    expect(JSON.stringify(done)).not.toContain(email);
  });

  it('can be cancelled', async () => {
    const { result } = await ask('tools/call', {
      name: 'slow_compute',
      arguments: { seconds: 60 },
    });
    expect(await ask('tasks/cancel', { taskId: result.taskId })).toMatchObject({ result: {} });
    expect((await until(result.taskId, 'cancelled')).result.status).toBe('cancelled');
  });
});
