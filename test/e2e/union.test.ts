import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Agent, type AgentOptions, connect, textOf } from './fixtures/agent.ts';
import { echoingServer, pagedServer } from './fixtures/plain-servers.ts';
import { commands, EverythingServer } from './fixtures/servers.ts';
import { Upstream } from './fixtures/upstream.ts';
import { type RunningGate, startGate } from './support/gate.ts';

const policies = `apiVersion: sallyport/v1
rules:
  - id: bob-does-all
    on: { tools: ['*'], resources: ['**'], prompts: ['*'], methods: ['**'] }
    when: { identity.sub: { eq: bob } }
    then: allow
  - id: ana-echoes
    on: { tools: [echo] }
    when: { request.upstream: { eq: everything } }
    then: allow
`;

let folder: string;
let server: EverythingServer;
let own: Upstream;
let paged: Upstream;
let gate: RunningGate;
const agents: Agent[] = [];
let abandoned: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-union-'));
  writeFileSync(join(folder, 'note.txt'), 'a note');
  server = await EverythingServer.start();
  own = await Upstream.start(() => echoingServer((name) => abandoned.push(name)));
  paged = await Upstream.start(pagedServer);
  gate = await startGate({
    upstreams: {
      everything: { url: server.url },
      files: { command: commands.files(folder) },
      own: { url: own.url },
      paged: { url: paged.url },
      down: { url: 'http://127.0.0.1:9/mcp' },
    },
    config: { union: { prefixes: { everything: 'any' } } },
    policies,
  });
});

afterAll(async () => {
  for (const { client } of agents) await client.close();
  await gate.stop();
  await Promise.all([own.stop(), paged.stop(), server.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

async function agent(user: string, options: AgentOptions = {}): Promise<Client> {
  const made = await connect(gate.endpoint(), { token: await gate.token(user), ...options });
  agents.push(made);
  return made.client;
}

async function allTools(client: Client): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.listTools(cursor === undefined ? {} : { cursor });
    names.push(...page.tools.map(({ name }) => name));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return names;
}

describe('the union of upstreams', () => {
  it('offers what each caller may use anywhere, with one upstream down', async () => {
    const bob = await agent('bob');
    const names = await allTools(bob);
    expect(names).toEqual(
      expect.arrayContaining(['any__echo', 'files__read_text_file', 'own__echo']),
    );
    const paged = names.filter((name) => name.startsWith('paged__'));
    expect(paged).toEqual(['paged__get-some', 'paged__drop', 'paged__wipe', 'paged__echo']);
    expect(bob.getServerCapabilities()).toMatchObject({ tools: {}, resources: {}, prompts: {} });
    expect(bob.getServerVersion()).toMatchObject({ name: 'sallyport' });
    expect(await allTools(await agent('ana'))).toEqual(['any__echo']);
  });

  it('brings a call to the one upstream that it names, and records it there', async () => {
    const bob = await agent('bob');
    const result = await bob.callTool({ name: 'own__echo', arguments: { value: 7 } });
    expect(textOf(result)).toBe('7');
    const [last] = gate
      .transcripts()
      .exchanges({ limit: 1, upstream: 'own', method: 'tools/call' });
    expect(last).toMatchObject({ target: 'echo', outcome: 'answered', rule: 'bob-does-all' });
  });

  it('judges by the rules of that upstream', async () => {
    const ana = await agent('ana');
    const refused = await ana
      .callTool({ name: 'own__echo', arguments: { value: 7 } })
      .catch(String);
    expect(JSON.stringify(refused)).toMatch(/no rule|Blocked|not available|cannot/i);
    const result = await ana.callTool({ name: 'any__echo', arguments: { message: 'hi' } });
    expect(textOf(result)).toContain('hi');
  });

  it('knows no other names', async () => {
    const bob = await agent('bob');
    for (const name of ['echo', 'other__echo', '__echo', 'any__any__echo']) {
      const said = await bob.callTool({ name }).catch(String);
      expect(JSON.stringify(said)).toMatch(/unknown|not found/i);
    }
  });

  it('gives resources addresses that lead back to them', async () => {
    const bob = await agent('bob');
    const { resources } = await bob.listResources();
    const [first] = resources.filter(({ uri }) => uri.startsWith('sallyport://any/'));
    const uri = first?.uri ?? '';
    const { contents } = await bob.readResource({ uri });
    expect(contents[0]?.uri).toBe(uri);
    const heard: string[] = [];
    bob.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
      heard.push(params.uri);
    });
    const { resourceTemplates } = await bob.listResourceTemplates();
    expect(resourceTemplates[0]?.uriTemplate).toMatch(/^sallyport:\/\/any\//);
  });

  it('brings links in results under addresses that can be read', async () => {
    const bob = await agent('bob');
    const result = await bob.callTool({ name: 'any__get-resource-links', arguments: { count: 2 } });
    const links = (result.content as { type: string; uri?: string }[]).filter(
      ({ type }) => type === 'resource_link',
    );
    expect(links.length).toBeGreaterThan(0);
    for (const { uri = '' } of links) {
      expect(uri).toMatch(/^sallyport:\/\/any\//);
      expect((await bob.readResource({ uri })).contents).not.toHaveLength(0);
    }
  });

  it('gets prompts and completions', async () => {
    const bob = await agent('bob');
    const { prompts } = await bob.listPrompts();
    expect(prompts.map(({ name }) => name)).toContain('any__simple-prompt');
    expect((await bob.getPrompt({ name: 'any__simple-prompt' })).messages).toHaveLength(1);
  });

  it('takes a call back at its upstream', async () => {
    abandoned = [];
    const bob = await agent('bob');
    const controller = new AbortController();
    const call = bob.callTool({ name: 'own__wait', arguments: { name: 'w' } }, undefined, {
      signal: controller.signal,
    });
    call.catch(() => undefined);
    await vi.waitFor(() => expect(own.methods.filter((it) => it === 'tools/call')).not.toEqual([]));
    controller.abort('enough');
    await vi.waitFor(() => expect(abandoned).toEqual(['w']));
  });

  it('brings what an upstream sends of its own accord', async () => {
    const changed = vi.fn();
    const bob = await agent('bob');
    const { ToolListChangedNotificationSchema } = await import(
      '@modelcontextprotocol/sdk/types.js'
    );
    bob.setNotificationHandler(ToolListChangedNotificationSchema, changed);
    await vi.waitFor(() => {
      own.latest.sendToolListChanged();
      expect(changed).toHaveBeenCalled();
    });
  });

  it('says once that lists have changed after a reload', async () => {
    const changed = vi.fn();
    const bob = await agent('bob');
    const { ToolListChangedNotificationSchema } = await import(
      '@modelcontextprotocol/sdk/types.js'
    );
    bob.setNotificationHandler(ToolListChangedNotificationSchema, changed);
    // The stream is open once it brings something.
    await vi.waitFor(() => {
      own.latest.sendToolListChanged();
      expect(changed).toHaveBeenCalled();
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    changed.mockClear();
    gate.writePolicy('more.yaml', `apiVersion: sallyport/v1\nrules: []\n`);
    await gate.daemon.look();
    await vi.waitFor(() => expect(changed).toHaveBeenCalled());
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it('brings questions of several upstreams to the client, and each its own answer', async () => {
    const { CreateMessageRequestSchema } = await import('@modelcontextprotocol/sdk/types.js');
    const bob = await agent('bob', {
      capabilities: { sampling: {} },
      prepare: (client) =>
        client.setRequestHandler(CreateMessageRequestSchema, () => ({
          ...{ role: 'assistant', model: 'm', content: { type: 'text', text: 'sampled' } },
        })),
    });
    const names = await allTools(bob);
    const name = names.find((it) => it.includes('sampling')) ?? '';
    const result = await bob.callTool({ name, arguments: { prompt: 'p', maxTokens: 5 } });
    expect(textOf(result)).toContain('sampled');
  });

  it('has an address of its own for tokens', async () => {
    const response = await fetch(gate.endpoint(), { method: 'POST' });
    expect(response.status).toBe(401);
    const challenge = response.headers.get('www-authenticate') ?? '';
    const [, metadata = ''] = /resource_metadata="([^"]+)"/.exec(challenge) ?? [];
    expect(await (await fetch(metadata)).json()).toMatchObject({ resource: gate.endpoint() });
    const other = await gate.token('bob', 'own');
    const headers = { authorization: `Bearer ${other}` };
    expect((await fetch(gate.endpoint(), { method: 'POST', headers })).status).toBe(401);
  });
});
