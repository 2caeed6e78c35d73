import {
  Client,
  StreamableHTTPClientTransport,
  type VersionNegotiationMode,
} from '@modelcontextprotocol/client';
import { acceptedContent, inputRequired, McpServer } from '@modelcontextprotocol/server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AskingUpstream } from './fixtures/asking-upstream.ts';
import { Approver } from './support/approver.ts';
import { type RunningGate, startGate } from './support/gate.ts';

const policies = `apiVersion: sallyport/v1
rules:
  - id: ask
    on: { tools: ['*'], prompts: ['*'], resources: ['**'] }
    then: approve
    approval: { by: ['group:dba'] }
    reason: Whatever changes data is looked at first.
  - id: questions
    on: { methods: [elicitation/create] }
    then: allow
`;

let own: AskingUpstream;
let gate: RunningGate;
let bob: Approver;
const clients: Client[] = [];

beforeAll(async () => {
  own = await AskingUpstream.start(server);
  gate = await startGate({
    ...{ upstreams: { db: { url: own.url } }, policies },
    config: {
      approvals: { store: 'memory', wait: '150ms', wait_with_progress: '1m' },
      admin: { listen: { port: 0 }, roles: { approver: ['group:dba'] } },
    },
    pages: true,
  });
  bob = await Approver.of(gate);
});
beforeEach(() => {
  own.seen.length = 0;
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
afterAll(async () => {
  await gate?.stop();
  await own?.stop();
});

function server(): McpServer {
  const mcp = new McpServer({ name: 'db', version: '1' });
  const said = (text: string) => ({ content: [{ type: 'text' as const, text }] });
  for (const name of ['drop', 'truncate', 'delete', 'alter']) {
    mcp.registerTool(name, {}, () => said(`done: ${name}`));
  }
  mcp.registerTool('greet', {}, ({ mcpReq }) => {
    const name = acceptedContent<{ name: string }>(mcpReq.inputResponses, 'who')?.name;
    if (name !== undefined) return said(`Hello ${name}, ${mcpReq.requestState()}`);
    const requestedSchema = {
      type: 'object' as const,
      properties: { name: { type: 'string' as const } },
    };
    const who = inputRequired.elicit({ message: 'Who?', requestedSchema });
    return inputRequired({ inputRequests: { who }, requestState: 'own' });
  });
  mcp.registerResource('users', 'db://users', {}, (uri) => ({
    contents: [{ uri: uri.href, text: 'rows' }],
  }));
  mcp.registerPrompt('report', {}, () => ({
    messages: [{ role: 'user', content: { type: 'text', text: 'Write it.' } }],
  }));
  return mcp;
}

interface Person {
  /** What the user says to a page; left out: the client can't show any. */
  readonly visit?: (url: string) => Promise<'accept' | 'decline'>;
  readonly mode?: VersionNegotiationMode;
}

/** An agent on SDK v2, and how often it has sent a request by a method. */
async function connect({ visit, mode = { pin: '2026-07-28' } }: Person = {}) {
  const elicitation = { form: {}, ...(visit && { url: {} }) };
  const client = new Client(
    { name: 'agent', version: '7' },
    { capabilities: { elicitation }, versionNegotiation: { mode } },
  );
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    if (params.mode !== 'url') return { action: 'accept', content: { name: 'Ann' } };
    return { action: (await visit?.(params.url)) ?? 'cancel' };
  });
  const sent: string[] = [];
  const headers = { authorization: `Bearer ${await gate.token('ana', 'db')}` };
  const transport = new StreamableHTTPClientTransport(new URL(gate.endpoint('db')), {
    requestInit: { headers },
    fetch: (url, init) => {
      if (typeof init?.body === 'string') sent.push(JSON.parse(init.body).method);
      return fetch(url, init);
    },
  });
  await client.connect(transport);
  clients.push(client);
  return { client, rounds: (method: string) => sent.filter((one) => one === method).length };
}

/** Says yes to what is pending, once it is. */
async function approve(): Promise<void> {
  await expect.poll(() => bob.list(), { interval: 20 }).toHaveLength(1);
  const [{ id } = { id: '' }] = await bob.list();
  await bob.approve(id);
}

const textOf = (result: unknown) =>
  (result as { content: { text?: string }[] }).content.map(({ text }) => text).join('\n');

describe('a client on SDK v2 whose call waits for people', () => {
  it.each<[string, VersionNegotiationMode]>([
    ['a pinned revision', { pin: '2026-07-28' }],
    ['the revision that the gate offers', 'auto'],
  ])('comes back until somebody says yes (%s)', async (_, mode) => {
    const { client, rounds } = await connect({ mode });
    const result = client.callTool({ name: 'drop' });
    await expect.poll(() => rounds('tools/call'), { interval: 20 }).toBeGreaterThan(1);
    expect(own.calls).toEqual([]);
    await approve();
    expect(textOf(await result)).toBe('done: drop');
    expect(own.calls).toHaveLength(1);
    expect(Object.keys(own.calls[0] ?? {})).not.toContain('requestState');
  });

  it('does so with prompts and resources', async () => {
    const { client, rounds } = await connect();
    const again = (method: string) =>
      expect.poll(() => rounds(method), { interval: 20 }).toBeGreaterThan(1);
    const read = client.readResource({ uri: 'db://users' });
    await again('resources/read');
    await approve();
    expect((await read).contents).toMatchObject([{ text: 'rows' }]);
    const prompt = client.getPrompt({ name: 'report' });
    await again('prompts/get');
    await approve();
    expect((await prompt).messages).toHaveLength(1);
  });

  it('shows its user the page of the approval, and then waits', async () => {
    const pages: string[] = [];
    const visit = async (url: string) => {
      pages.push(url);
      await approve();
      return 'accept' as const;
    };
    const { client } = await connect({ visit });
    expect(textOf(await client.callTool({ name: 'truncate' }))).toBe('done: truncate');
    const [{ id } = { id: '' }] = await bob.list('used');
    expect(pages).toEqual([`${gate.daemon.adminUrl}/approvals/${id}`]);
    expect(Object.keys(own.calls[0] ?? {})).not.toContain('inputResponses');
  });

  it('gives the call up where its user declines', async () => {
    const { client } = await connect({ visit: async () => 'decline' });
    const result = await client.callTool({ name: 'truncate' });
    expect(result.isError).toBe(true);
    expect(result._meta?.['dev.sallyport/decision']).toMatchObject({
      approval: { state: 'cancelled' },
    });
    expect(await bob.list()).toEqual([]);
    expect(own.calls).toEqual([]);
  });

  it('is told of a no, with the reason', async () => {
    const { client } = await connect();
    const result = client.callTool({ name: 'alter' });
    await expect.poll(() => bob.list(), { interval: 20 }).toHaveLength(1);
    const [{ id } = { id: '' }] = await bob.list();
    await bob.deny(id, 'Not before the backup.');
    expect(textOf(await result)).toContain('Not before the backup.');
    expect(own.calls).toEqual([]);
  });

  it('is told to call again before it gives up itself, and then takes the grant', async () => {
    const { client, rounds } = await connect();
    const result = await client.callTool({ name: 'delete' });
    expect(result.isError).toBe(true);
    expect(result._meta?.['dev.sallyport/decision']).toMatchObject({
      approval: { state: 'pending' },
    });
    expect(rounds('tools/call')).toBe(9);
    await approve();
    expect(textOf(await client.callTool({ name: 'delete' }))).toBe('done: delete');
  });

  it('takes the question back by closing its stream', async () => {
    const { client } = await connect();
    const before = (await bob.list('cancelled')).length;
    const over = new AbortController();
    const told: (string | undefined)[] = [];
    const onprogress = ({ message }: { message?: string | undefined }) => {
      told.push(message);
    };
    const result = client.callTool({ name: 'drop' }, { signal: over.signal, onprogress });
    const gone = expect(result).rejects.toThrow();
    await expect.poll(() => told.join(), { interval: 20 }).toContain('waiting for approval');
    over.abort();
    await gone;
    await expect.poll(() => bob.list('cancelled'), { interval: 20 }).toHaveLength(before + 1);
    expect(own.calls).toEqual([]);
  });

  it('answers what the upstream asks under the one grant', async () => {
    const { client } = await connect();
    const before = (await bob.list('used')).length;
    const result = client.callTool({ name: 'greet' });
    await approve();
    expect(textOf(await result)).toBe('Hello Ann, own');
    expect(own.calls).toHaveLength(2);
    expect(await bob.list('used')).toHaveLength(before + 1);
    expect(await bob.list()).toEqual([]);
  });
});
