import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  LoggingMessageNotificationSchema,
  type Progress,
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AgentOptions, connect, textOf } from './fixtures/agent.ts';
import { echoingServer, pagedServer } from './fixtures/plain-servers.ts';
import { answerOf, RawAgent } from './fixtures/raw-agent.ts';
import { type RawUpstream, startRawUpstream } from './fixtures/raw-upstream.ts';
import { commands, EverythingServer } from './fixtures/servers.ts';
import { Upstream } from './fixtures/upstream.ts';
import { type RunningGate, startGate } from './support/gate.ts';

const policies = `apiVersion: sallyport/v1
rules:
  - id: bob-does-all
    on: { tools: ['*'], resources: ['**'], prompts: ['*'], methods: ['**'] }
    when: { identity.sub: { eq: bob } }
    then: allow
  - id: ana-reads
    on: { tools: [echo, 'get-s*'], resources: ['demo://resource/static/**'], prompts: ['simple-*'] }
    then: allow
`;

let folder: string;
let server: EverythingServer;
let own: Upstream;
let raw: RawUpstream;
let gate: RunningGate;
const clients = new Map<string, Promise<Client>>();
/** Hears when a call of `wait` was given up. */
let abandoned: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-sdk-'));
  writeFileSync(join(folder, 'note.txt'), 'a note');
  server = await EverythingServer.start();
  own = await Upstream.start(() => echoingServer((name) => abandoned.push(name)));
  raw = await startRawUpstream({
    'tools/call': '{"content":[],"structuredContent":{"big":12345678901234567890,"exact":0.10}}',
    'tools/list':
      '{"tools":[{"name":"echo","inputSchema":{},"annotations":{"readOnlyHint":false}}]}',
    'prompts/list': '{"prompts":[]}',
  });
  gate = await startGate({
    upstreams: {
      http: { url: server.url },
      stdio: { command: commands.everything },
      memory: { command: commands.memory, env: { MEMORY_FILE_PATH: join(folder, 'memory.json') } },
      files: { command: commands.files(folder) },
      own: { url: own.url },
      raw: { url: raw.url },
    },
    policies,
  });
});
afterAll(async () => {
  for (const client of clients.values()) await (await client).close();
  await gate?.stop();
  await Promise.all([server?.stop(), own?.stop(), raw?.stop()]);
  rmSync(folder, { recursive: true });
});

/** A user's client at an upstream; the same one again unless it has options of its own. */
async function as(user: string, upstream: string, options?: AgentOptions): Promise<Client> {
  const token = await gate.token(user, upstream);
  return clientAt(gate.endpoint(upstream), { ...options, token }, !options);
}

/** A client that knows nothing of the gate. */
function directly(): Promise<Client> {
  return clientAt(server.url, {}, true);
}

async function clientAt(url: string, options: AgentOptions, shared: boolean): Promise<Client> {
  const key = shared ? `${url} ${options.token}` : `${clients.size}`;
  const known = clients.get(key) ?? connect(url, options).then(({ client }) => client);
  clients.set(key, known);
  return known;
}

describe.each(['http', 'stdio'])('the reference server over %s, through the gate', (upstream) => {
  it('introduces itself as it does without a gate', async () => {
    const [bob, direct] = [await as('bob', upstream), await directly()];
    expect(bob.getServerVersion()).toEqual(direct.getServerVersion());
    expect(bob.getServerCapabilities()).toEqual(direct.getServerCapabilities());
    expect(bob.getInstructions()).toBe(direct.getInstructions());
    expect(bob.getInstructions()).toBeTruthy();
  });

  it('shows whoever may use all of it all of it, unchanged', async () => {
    const [bob, direct] = [await as('bob', upstream), await directly()];
    expect(await bob.listTools()).toEqual(await direct.listTools());
    expect(await bob.listResources()).toEqual(await direct.listResources());
    expect(await bob.listResourceTemplates()).toEqual(await direct.listResourceTemplates());
    expect(await bob.listPrompts()).toEqual(await direct.listPrompts());
  });

  it('shows another user only what that one may use', async () => {
    const ana = await as('ana', upstream);
    const { tools } = await ana.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['echo', 'get-structured-content', 'get-sum']);
    const { prompts } = await ana.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual(['simple-prompt']);
    const { resources } = await ana.listResources();
    expect(resources.length).toBeGreaterThan(0);
    expect(await ana.listResourceTemplates()).toEqual({ resourceTemplates: [] });
    await expect(ana.readResource({ uri: 'demo://resource/dynamic/text/1' })).rejects.toMatchObject(
      { code: -32010 },
    );
  });

  it('returns results of every kind as they are', async () => {
    const [bob, direct] = [await as('bob', upstream), await directly()];
    const calls = [
      { name: 'get-structured-content', arguments: { location: 'Chicago' } },
      { name: 'get-tiny-image' },
      { name: 'get-resource-links', arguments: { count: 3 } },
      { name: 'get-annotated-message', arguments: { messageType: 'error', includeImage: true } },
      { name: 'get-sum', arguments: { a: 2, b: 3 } },
    ];
    for (const call of calls) expect(await bob.callTool(call)).toEqual(await direct.callTool(call));
  });

  it('returns errors of tools as they are', async () => {
    const [bob, direct] = [await as('bob', upstream), await directly()];
    for (const call of [{ name: 'get-sum', arguments: { a: 'two' } }, { name: 'no-such-tool' }]) {
      const result = await bob.callTool(call);
      expect(result).toMatchObject({ isError: true });
      expect(result).toEqual(await direct.callTool(call));
    }
    const nowhere = { uri: 'demo://nowhere' };
    const error = await direct.readResource(nowhere).catch((cause) => cause);
    await expect(bob.readResource(nowhere)).rejects.toEqual(error);
  });

  it('reads resources, gets prompts and completes arguments', async () => {
    const [bob, direct] = [await as('bob', upstream), await directly()];
    const [resource] = (await bob.listResources()).resources;
    const uri = resource?.uri ?? '';
    expect(await bob.readResource({ uri })).toEqual(await direct.readResource({ uri }));
    const prompt = { name: 'args-prompt', arguments: { city: 'Bogotá', state: '' } };
    expect(await bob.getPrompt(prompt)).toEqual(await direct.getPrompt(prompt));
    const ref = { type: 'ref/prompt' as const, name: 'completable-prompt' };
    const argument = { name: 'department', value: 'S' };
    const completion = await bob.complete({ ref, argument });
    expect(completion.completion.values).toEqual(['Sales', 'Support']);
  });

  it('passes log messages on once a level is set', async () => {
    const logged: unknown[] = [];
    const bob = await as('bob', upstream);
    bob.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
      logged.push(params.data);
    });
    await bob.setLoggingLevel('debug');
    await bob.callTool({ name: 'toggle-simulated-logging' });
    await vi.waitFor(() => expect(logged.join()).toMatch(/message/), { timeout: 10_000 });
  });

  it('reports progress in order, and to the call that it is of', async () => {
    const bob = await as('bob', upstream);
    const run = async (steps: number) => {
      const heard: Progress[] = [];
      const params = {
        name: 'trigger-long-running-operation',
        arguments: { duration: 0.3, steps },
      };
      await bob.callTool(params, undefined, { onprogress: (progress) => heard.push(progress) });
      expect(heard).toEqual(
        Array.from({ length: steps }, (_, index) => ({ progress: index + 1, total: steps })),
      );
    };
    await Promise.all([run(2), run(5), run(3)]);
  });

  it('tells of updates of what was subscribed to', async () => {
    const updated: string[] = [];
    const bob = await as('bob', upstream);
    bob.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
      updated.push(params.uri);
    });
    const uri = 'demo://resource/dynamic/text/1';
    await bob.subscribeResource({ uri });
    await bob.callTool({ name: 'toggle-subscriber-updates' });
    await vi.waitFor(() => expect(updated).toContain(uri), { timeout: 10_000 });
    await bob.unsubscribeResource({ uri });
  });

  it('lets nobody subscribe to what they may not read', async () => {
    const ana = await as('ana', upstream);
    const uri = 'demo://resource/dynamic/text/1';
    await expect(ana.subscribeResource({ uri })).rejects.toMatchObject({ code: -32010 });
  });

  it('keeps many calls at a time apart', async () => {
    const bob = await as('bob', upstream);
    const sums = await Promise.all(
      Array.from({ length: 20 }, (_, a) =>
        bob.callTool({ name: 'get-sum', arguments: { a, b: 1_000 } }),
      ),
    );
    expect(sums.map(textOf)).toEqual(
      Array.from({ length: 20 }, (_, a) => `The sum of ${a} and 1000 is ${a + 1_000}.`),
    );
  });

  it('keeps the kind of request ids', async () => {
    const token = await gate.token('bob', upstream);
    const bob = await RawAgent.begin(gate.endpoint(upstream), token);
    const ids = [1, '1', 0, -7, '', 'ä✓', 2 ** 53 - 1];
    const answers = await Promise.all(
      ids.map(async (id) => answerOf(await bob.call('echo', { message: typeof id }, id))),
    );
    expect(answers.map(({ id }) => id)).toEqual(ids);
    expect(answers.map(({ result }) => textOf(result))).toEqual(
      ids.map((id) => `Echo: ${typeof id}`),
    );
  });

  it('ends a call that its client gives up, and no other', async () => {
    const bob = await as('bob', upstream);
    const controller = new AbortController();
    const long = (steps: number, signal?: AbortSignal) =>
      bob.callTool(
        { name: 'trigger-long-running-operation', arguments: { duration: steps, steps: 1 } },
        undefined,
        signal ? { signal } : {},
      );
    const given = long(30, controller.signal).catch((error) => error);
    const kept = long(0.5);
    const target = 'trigger-long-running-operation';
    const calls = () => transcript(upstream).filter((one) => one.target === target);
    await vi.waitFor(() => expect(calls().filter(isOpen)).toHaveLength(2));
    controller.abort();
    expect(String(await given)).toContain('AbortError');
    expect(textOf(await kept)).toContain('completed');
    await vi.waitFor(() => expect(calls().filter(isOpen)).toEqual([]));
    expect(calls().filter(({ outcome }) => outcome === 'cancelled')).toHaveLength(1);
    expect(textOf(await bob.callTool({ name: 'echo', arguments: { message: 'on' } }))).toBe(
      'Echo: on',
    );
  });

  it('answers a ping', async () => {
    expect(await (await as('bob', upstream)).ping()).toEqual({});
  });
});

describe('an own server, through the gate', () => {
  it('hears of a call that is given up, in its own words', async () => {
    abandoned = [];
    const bob = await as('bob', 'own');
    const controller = new AbortController();
    const wait = (name: string, options = {}) =>
      bob.callTool({ name: 'wait', arguments: { name } }, undefined, options).catch(() => 'ended');
    const first = wait('first', { signal: controller.signal });
    void wait('second');
    await vi.waitFor(() => {
      expect(own.methods.filter((method) => method === 'tools/call')).toHaveLength(2);
    });
    controller.abort('no longer needed');
    expect(await first).toBe('ended');
    await vi.waitFor(() => expect(abandoned).toEqual(['first']));
    expect(own.methods).toContain('notifications/cancelled');
    expect(await echo(bob, 'still here')).toBe('still here');
  });

  it('can ping its client', async () => {
    await as('bob', 'own');
    await own.isHeard();
    expect(await own.latest.server.ping()).toEqual({});
  });

  it('tells of changes of its lists', async () => {
    let changes = 0;
    const bob = await as('bob', 'own', {
      prepare: (client) =>
        client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
          changes++;
        }),
    });
    await own.isHeard();
    own.latest.registerTool('late', {}, () => ({ content: [] }));
    await vi.waitFor(() => expect(changes).toBeGreaterThan(0));
    const { tools } = await bob.listTools();
    expect(tools.map(({ name }) => name)).toContain('late');
  });

  it('gets and gives a megabyte', async () => {
    const bob = await as('bob', 'own');
    const large = 'é✓🙂'.repeat(130_000);
    expect(await echo(bob, large)).toBe(large);
  });

  it.each([
    ['other scripts', 'Ελληνικά 中文 عربى 🏳️‍🌈 e\u0301'],
    ['separators and controls', '\u2028 \u2029 \u0000 \u001f \u007f " \\ / \b\f\n\r\t'],
    ['a lone surrogate', 'a\ud800b'],
    ['nested values', { __proto__: null, a: [null, false, 0, '', [], {}], '': 1 }],
  ])('gets and gives %s', async (_, value) => {
    expect(await echo(await as('bob', 'own'), value)).toEqual(value);
  });

  it('keeps its pages and their cursors, even where a page is pruned empty', async () => {
    const paged = await Upstream.start(pagedServer);
    const paging = await startGate({ upstreams: { paged: { url: paged.url } }, policies });
    try {
      const token = await paging.token('ana', 'paged');
      const client = await clientAt(paging.endpoint('paged'), { token }, false);
      const pages = [];
      let cursor: string | undefined;
      do {
        const page = await client.listTools(cursor === undefined ? {} : { cursor });
        pages.push(page.tools.map(({ name }) => name));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(pages).toEqual([['get-some'], [], ['echo']]);
    } finally {
      await paging.stop();
      await paged.stop();
    }
  });
});

describe('what no JSON library would write', () => {
  const begin = async () => RawAgent.begin(gate.endpoint('raw'), await gate.token('bob', 'raw'));

  it('keeps the digits of numbers, both ways', async () => {
    const bob = await begin();
    const params = '{"name":"echo","arguments":{"n":98765432109876543210,"d":1.10,"e":1E400}}';
    const response = await bob.postText(
      `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":${params}}`,
    );
    expect(await response.text()).toMatch(/"big":12345678901234567890\b/);
    expect(raw.bodies.at(-1)).toMatch(/"n":98765432109876543210\b/);
    expect(raw.bodies.at(-1)).toMatch(/"e":1E400\b/i);
  });

  it('keeps empty lists and hints that say no', async () => {
    const bob = await begin();
    const [call, tools, prompts] = [
      await answerOf(await bob.call('echo')),
      await answerOf(await bob.request('tools/list', {})),
      await answerOf(await bob.request('prompts/list', {})),
    ];
    expect(call.result?.content).toEqual([]);
    expect(tools.result).toEqual({
      tools: [{ name: 'echo', inputSchema: {}, annotations: { readOnlyHint: false } }],
    });
    expect(prompts.result).toEqual({ prompts: [] });
  });
});

it('stands in front of servers that know nothing of it', async () => {
  const memory = await as('bob', 'memory');
  const entities = [{ name: 'Gate', entityType: 'door', observations: ['has two doors'] }];
  await memory.callTool({ name: 'create_entities', arguments: { entities } });
  expect(textOf(await memory.callTool({ name: 'read_graph' }))).toContain('has two doors');

  const files = await as('bob', 'files');
  const path = join(folder, 'note.txt');
  expect(textOf(await files.callTool({ name: 'read_text_file', arguments: { path } }))).toBe(
    'a note',
  );
});

async function echo(client: Client, value: unknown): Promise<unknown> {
  const { structuredContent } = await client.callTool({ name: 'echo', arguments: { value } });
  return (structuredContent as { value: unknown }).value;
}

function transcript(upstream: string) {
  const reader = gate.transcripts();
  try {
    return reader.exchanges({ upstream, limit: 1_000 });
  } finally {
    reader.close();
  }
}

function isOpen({ outcome }: { outcome: string }): boolean {
  return outcome === 'open';
}
