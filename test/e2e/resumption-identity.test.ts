import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type IssuerServer,
  newKey,
  type SigningKey,
  sign,
  startIssuerServer,
} from '../auth/issuer-server.ts';
import { HttpUpstream } from '../transport/fixtures/http-upstream.ts';
import { EventReader } from './fixtures/event-reader.ts';
import { type RunningGate, rawPost, startGate } from './support/gate.ts';
import { mcpHandler } from './support/mcp-upstream.ts';

const policies = `apiVersion: sallyport/v1
rules:
  - id: tools
    on: { tools: ['*'] }
    then: allow
  - id: logs-are-for-admins
    on: { methods: [notifications/message] }
    when: { not: { identity.groups: { contains: admins } } }
    then: block
`;

let upstream: HttpUpstream;
let issuer: IssuerServer;
let key: SigningKey;
let gate: RunningGate;
/** The streams (GET) that the upstream has open, and the ids that they were to go on after. */
let streams: ServerResponse[];
let resumed: unknown[];
/** Calls that the upstream has not answered yet. */
let calls: { readonly response: ServerResponse; readonly id: unknown }[];
let tokens = 0;

beforeAll(async () => {
  upstream = await HttpUpstream.start((response, received, id) => {
    if (received.method === 'POST' && received.body.includes('tools/call')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(eventOf('called'));
      return void calls.push({ response, id: JSON.parse(received.body).id });
    }
    if (received.method !== 'GET') return mcpHandler(response, received, id);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    resumed.push(received.headers['last-event-id']);
    streams.push(response);
    response.once('close', () => streams.splice(streams.indexOf(response), 1));
  });
  issuer = await startIssuerServer();
  key = await newKey('k1');
  issuer.publish(key);
  gate = await startGate({
    upstreams: { files: { url: upstream.url } },
    policies,
    config: { issuers: [{ url: issuer.url }] },
  });
});
beforeEach(() => {
  streams = [];
  resumed = [];
  calls = [];
});
afterAll(async () => {
  await gate?.stop();
  await issuer?.close();
  await upstream?.close();
});

function eventOf(data: string, id?: string): string {
  const message = { method: 'notifications/message', params: { level: 'info', data } };
  const text = JSON.stringify({ jsonrpc: '2.0', ...message });
  return `${id === undefined ? '' : `id: ${id}\n`}data: ${text}\n\n`;
}
function say(data: string, id?: string): void {
  for (const stream of streams) stream.write(eventOf(data, id));
}
/** The gate hears of what has just happened. */
const settled = () => sleep(200);

/** One session of ana, with whatever token she has at the time. */
class Ana {
  readonly #url: string;
  #session: Record<string, string> = {};

  private constructor(url: string) {
    this.#url = url;
  }

  static async begin(endpoint = 'files'): Promise<Ana> {
    const ana = new Ana(gate.endpoint(endpoint));
    const params = {
      ...{ protocolVersion: '2025-11-25', capabilities: {} },
      clientInfo: { name: 'hand', version: '1' },
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
    const response = await rawPost(ana.#url, body, await ana.#headers(['admins']));
    await response.text();
    ana.#session = { 'mcp-session-id': response.headers.get('mcp-session-id') ?? '' };
    return ana;
  }

  async #headers(groups: readonly string[]): Promise<Record<string, string>> {
    const now = Math.floor(Date.now() / 1_000);
    const number = ++tokens;
    const claims = {
      ...{ iss: issuer.url, sub: 'ana', aud: this.#url, client_id: 'agent', groups },
      ...{ iat: now - number, exp: now + 600 + number, jti: `token ${number}` },
    };
    return { authorization: `Bearer ${await sign(key, claims)}`, ...this.#session };
  }

  /** Listens with a new token. */
  async get(groups: readonly string[], lastEventId?: string): Promise<EventReader> {
    const last = lastEventId === undefined ? undefined : { 'last-event-id': lastEventId };
    const accept = { accept: 'text/event-stream' };
    const headers = { ...(await this.#headers(groups)), ...accept, ...last };
    return EventReader.open(this.#url, { headers });
  }

  async call(groups: readonly string[]): Promise<EventReader> {
    const accept = 'application/json, text/event-stream';
    const headers = {
      ...(await this.#headers(groups)),
      accept,
      'content-type': 'application/json',
    };
    const params = { name: 'read_file', arguments: {} };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params });
    return EventReader.open(this.#url, { method: 'POST', headers, body });
  }
}

/** What comes within a moment; empty where nothing does. */
function heard(reader: EventReader): Promise<string> {
  return Promise.race([reader.message().then(JSON.stringify), sleep(1_000, '')]);
}

describe('a stream that another token of the same person comes back to', () => {
  it.each(['files', ''])('is judged by who listens now (/mcp/%s)', async (endpoint) => {
    const ana = await Ana.begin(endpoint);
    const first = await ana.get(['admins']);
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    say('one');
    expect(await heard(first)).toContain('one');
    first.cut();
    await settled();
    // The group was taken from ana; her client has a new token, and comes back.
    const later = await ana.get([]);
    await later.next();
    await vi.waitFor(() => expect(resumed).toHaveLength(2));
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    say('FOR-ADMINS');
    expect(await heard(later)).toBe('');
    later.cut();
  });

  it.each([
    ['with its last event id', true],
    ['without', false],
  ])('is opened anew where the upstream was, and nothing kept is told (%s)', async (_, says) => {
    const ana = await Ana.begin();
    const first = await ana.get(['admins']);
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    say('one', 'up/1');
    const { id } = await first.message();
    first.cut();
    await settled();
    say('FOR-ADMINS', 'up/2');
    await settled();
    const later = await ana.get([], says ? id : undefined);
    expect(await heard(later)).toBe('');
    expect(resumed).toEqual([undefined, 'up/1']);
    expect(streams).toHaveLength(1);
    later.cut();
  });

  it('goes on where the token was only renewed', async () => {
    const ana = await Ana.begin();
    const first = await ana.get(['admins']);
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    say('one');
    await first.message();
    first.cut();
    await settled();
    say('while away');
    await settled();
    const later = await ana.get(['admins']);
    expect(await heard(later)).toContain('while away');
    expect(resumed).toHaveLength(1);
    later.cut();
  });

  it('ends for whoever listened with the older token', async () => {
    const ana = await Ana.begin();
    const first = await ana.get(['admins']);
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    say('one', 'up/1');
    const { id } = await first.message();
    const later = await ana.get([], id);
    expect(await first.next()).toBeUndefined();
    later.cut();
  });
});

describe('the stream of a call', () => {
  it.each([
    ['is over for another token of the same person', [], 405],
    ['goes on where the token was only renewed', ['admins'], 200],
  ])('%s', async (_, groups, status) => {
    const ana = await Ana.begin();
    const call = await ana.call(['admins']);
    const { id } = await call.message();
    call.cut();
    await settled();
    const [{ response, id: asked } = {}] = calls;
    const result = { content: [{ type: 'text', text: 'done' }] };
    response?.end(`data: ${JSON.stringify({ jsonrpc: '2.0', id: asked, result })}\n\n`);
    await settled();
    const later = await ana.get(groups, id);
    expect(later.response.status).toBe(status);
    const text = await later.response.text();
    expect(text.includes('done')).toBe(status === 200);
  });
});
