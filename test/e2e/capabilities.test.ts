import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { ClientCapabilities } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect } from './fixtures/agent.ts';
import { rememberingServer } from './fixtures/remembering-server.ts';
import { Upstream } from './fixtures/upstream.ts';
import { allowAll, type RunningGate, startGate } from './support/gate.ts';

const head = 'apiVersion: sallyport/v1\n';
const rules = (upstream: string, ...lines: string[]) =>
  `${head}upstreams: [${upstream}]\nrules:\n${lines.map((line) => `  - ${line}\n`).join('')}`;

let own: Upstream;
let gate: RunningGate;
const clients: Client[] = [];

beforeAll(async () => {
  own = await Upstream.start(() => rememberingServer([]));
  const { url } = own;
  gate = await startGate({
    upstreams: { all: { url }, tools: { url }, notes: { url }, mixed: { url } },
    policies: {
      'all.yaml': allowAll.replace('rules:', 'upstreams: [all]\nrules:'),
      'tools.yaml': rules('tools', '{ id: t, on: { tools: [look] }, then: allow }'),
      'notes.yaml': rules(
        'notes',
        '{ id: n, on: { resources: ["note://**"] }, then: allow }',
        '{ id: s, on: { methods: [resources/subscribe] }, then: block }',
      ),
      'mixed.yaml': rules(
        'mixed',
        '{ id: bobs, on: { tools: ["*"] }, when: { identity.sub: { eq: bob } }, then: allow }',
        '{ id: notes, on: { resources: ["**"] }, then: allow }',
        '{ id: url, on: { methods: [elicitation/create] }, when: { args.mode: { eq: url } }, then: allow }',
      ),
    },
  });
});
beforeEach(() => {
  own.seen.length = 0;
});
afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));
afterAll(async () => {
  await gate?.stop();
  await own?.stop();
});

const capabilities: ClientCapabilities = {
  ...{ sampling: {}, roots: { listChanged: true }, elicitation: { form: {}, url: {} } },
  experimental: { odd: {} },
};

async function clientOf(upstream: string, user = 'ana'): Promise<Client> {
  const token = await gate.token(user, upstream);
  const { client } = await connect(gate.endpoint(upstream), { token, capabilities });
  clients.push(client);
  return client;
}

const known = () => own.seen.find(({ rpc }) => rpc === 'initialize')?.params?.capabilities;

describe('an SDK client', () => {
  it('is offered all that an upstream has, where all is allowed', async () => {
    const client = await clientOf('all');
    expect(client.getServerCapabilities()).toMatchObject({
      ...{ tools: { listChanged: true }, logging: {} },
      resources: { subscribe: true, listChanged: true },
    });
    expect(known()).toEqual(capabilities);
  });

  it('is offered what it may use, and refuses by itself to ask for more', async () => {
    const client = await clientOf('tools');
    expect(Object.keys(client.getServerCapabilities() ?? {}).sort()).toEqual(['logging', 'tools']);
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['look']);
    expect(known()).toEqual({ experimental: { odd: {} } });
  });

  it('is offered no subscriptions where a rule stops them', async () => {
    const client = await clientOf('notes');
    expect(client.getServerCapabilities()?.resources).toEqual({ listChanged: true });
    expect(client.getServerCapabilities()).not.toHaveProperty('tools');
    const { contents } = await client.readResource({ uri: 'note://a' });
    expect(contents).toMatchObject([{ text: 'a note' }]);
  });

  it('is offered what is for it, and others what is for them', async () => {
    const [ana, bob] = [await clientOf('mixed'), await clientOf('mixed', 'bob')];
    expect(ana.getServerCapabilities()).not.toHaveProperty('tools');
    expect(bob.getServerCapabilities()).toHaveProperty('tools');
    expect(known()).toEqual({ elicitation: { url: {} }, experimental: { odd: {} } });
  });
});
