import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CallToolResultSchema,
  LoggingMessageNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { HttpUpstream } from '../transport/fixtures/http-upstream.ts';
import { textOf } from './fixtures/agent.ts';
import { CuttingProxy } from './fixtures/cutting-proxy.ts';
import { EventReader } from './fixtures/event-reader.ts';
import type { Message } from './fixtures/raw-agent.ts';
import { ServedGate, startIssuer, tokenOf } from './fixtures/served-gate.ts';
import { commands } from './fixtures/servers.ts';
import { steppingServer } from './fixtures/stepping-server.ts';
import { Upstream } from './fixtures/upstream.ts';
import { allowAll, type RunningGate, rawPost, startGate } from './support/gate.ts';
import { mcpHandler } from './support/mcp-upstream.ts';

let own: Upstream;
let gate: RunningGate;
/** Lets a call of `steps` go on to a step, by `<name> <step>`; all others go on at once. */
let holds: Map<string, () => void>;
let held: Set<string>;

beforeAll(async () => {
  own = await Upstream.start(() => steppingServer(step));
  gate = await startGate({
    upstreams: { own: { url: own.url }, stdio: { command: commands.own } },
    policies: allowAll,
  });
});
beforeEach(() => {
  holds = new Map();
  held = new Set();
  own.seen.length = 0;
});
afterAll(async () => {
  await gate?.stop();
  await own?.stop();
});

async function step(name: string, number: number): Promise<void> {
  const key = `${name} ${number}`;
  if (held.has(key)) await new Promise<void>((go) => holds.set(key, go));
}

/** Waits until a call is held before a step. */
const arrived = (key: string) => vi.waitFor(() => expect(holds.has(key)).toBe(true));

/** Waits until the gate has the answer of the last call of `steps`; what it recorded of the call. */
async function answered(): Promise<string> {
  const reader = gate.transcripts();
  const [exchange] = reader.exchanges({ target: 'steps', limit: 1 });
  const events = () => reader.events(exchange?.id ?? '');
  const isAnswered = () => expect(events().at(-1)?.kind).toBe('answered');
  await vi.waitFor(isAnswered, { timeout: 10_000 });
  return JSON.stringify(events());
}

/** A client that writes its requests by hand, with a session of one revision. */
class Hand {
  readonly url: string;
  readonly #headers: Record<string, string>;

  constructor(url: string, headers: Record<string, string>) {
    this.url = url;
    this.#headers = headers;
  }

  static async begin(upstream: string, protocol: string, user = 'ana'): Promise<Hand> {
    return Hand.beginAt(gate.endpoint(upstream), await gate.token(user, upstream), protocol);
  }

  static async beginAt(url: string, token: string, protocol: string): Promise<Hand> {
    const authorization = `Bearer ${token}`;
    const params = {
      ...{ protocolVersion: protocol, capabilities: {} },
      clientInfo: { name: 'hand', version: '1' },
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
    const response = await rawPost(url, body, { authorization });
    await response.text();
    const session = response.headers.get('mcp-session-id') ?? '';
    const version = { 'mcp-protocol-version': protocol };
    const hand = new Hand(url, { authorization, 'mcp-session-id': session, ...version });
    await hand.post({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return hand;
  }

  /** The same session at another gate. */
  at(url: string): Hand {
    return new Hand(url, this.#headers);
  }

  post(message: unknown): Promise<EventReader> {
    const headers = {
      ...{ accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
      ...this.#headers,
    };
    const body = JSON.stringify(message);
    return EventReader.open(this.url, { method: 'POST', headers, body });
  }

  steps(name: string, steps: number, id: number, more: object = {}): Promise<EventReader> {
    const params = { name: 'steps', arguments: { name, steps, ...more } };
    return this.post({ jsonrpc: '2.0', id, method: 'tools/call', params });
  }

  get(lastEventId?: string): Promise<EventReader> {
    const resume = lastEventId === undefined ? undefined : { 'last-event-id': lastEventId };
    const headers = { accept: 'text/event-stream', ...this.#headers, ...resume };
    return EventReader.open(this.url, { headers });
  }

  end(): Promise<Response> {
    return fetch(this.url, { method: 'DELETE', headers: this.#headers });
  }
}

const said = ({ params, result }: Message) =>
  result ? textOf(result) : String((params as { data: string }).data);

/** Texts of all that is left on a stream. */
async function restOf(reader: EventReader): Promise<string[]> {
  const events = (await reader.rest()).filter(({ data }) => data);
  return events.map(({ data }) => said(JSON.parse(data ?? '')));
}

describe('a connection that is cut in the middle of a call', () => {
  it.each([
    ['after the first event, which primes', /data: \n\n/],
    ['in the middle of a message', /cut step 1/],
    ['after a message', /cut step 1[^\n]*\n\n/],
    ['between messages that came together', /cut step 2[^\n]*\n\n/],
    ['after the last message', /cut step 3[^\n]*\n\n/],
    ['in the middle of the answer', /cut do/],
    ['before the end of the answer', /cut done[^\n]*\n/],
  ])('%s loses nothing, and the client gets nothing twice', async (_, where) => {
    const proxy = await CuttingProxy.start(gate.url);
    const heard: unknown[] = [];
    const tokens: string[] = [];
    const headers = {
      authorization: `Bearer ${await gate.token('ana', 'own')}`,
      // What goes through the proxy can be read.
      'accept-encoding': 'identity',
    };
    const url = new URL('/mcp/own', proxy.url);
    const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers } });
    const client = new Client({ name: 'agent', version: '7' });
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
      heard.push(params.data);
    });
    await client.connect(transport as Parameters<Client['connect']>[0]);
    try {
      proxy.cutAfter(where);
      const params = { name: 'steps', arguments: { name: 'cut', steps: 3 } };
      const result = await client.request({ method: 'tools/call', params }, CallToolResultSchema, {
        onresumptiontoken: (token) => tokens.push(token),
      });
      expect(textOf(result)).toBe('cut done');
      expect(heard).toEqual(['cut step 1', 'cut step 2', 'cut step 3']);
      expect(proxy.cuts).toBe(1);
      expect(new Set(tokens).size).toBeGreaterThan(3);
    } finally {
      await transport.terminateSession();
      await client.close();
      await proxy.stop();
    }
  });

  it('lets another client of the same session take the call over', async () => {
    const ana = await Hand.begin('own', '2025-11-25');
    held.add('left 2');
    const call = await ana.steps('left', 2, 7);
    const first = await call.message();
    expect(said(first.message)).toBe('left step 1');
    await arrived('left 2');
    call.cut();
    const resumed = await ana.get(first.id);
    holds.get('left 2')?.();
    expect(await restOf(resumed)).toEqual(['left step 2', 'left done']);
    await ana.end();
  });
});

describe('a call whose client is away', () => {
  it('goes on, and its answer waits for the client', async () => {
    const ana = await Hand.begin('own', '2025-06-18');
    held.add('away 2');
    const call = await ana.steps('away', 3, 1);
    const { id } = await call.message();
    await arrived('away 2');
    call.cut();
    holds.get('away 2')?.();
    expect(await answered()).not.toContain('CLIENT_GONE');
    const resumed = await ana.get(id);
    expect(await restOf(resumed)).toEqual(['away step 2', 'away step 3', 'away done']);
    // It may lose that connection as well.
    expect(await restOf(await ana.get(id))).toEqual(['away step 2', 'away step 3', 'away done']);
    await ana.end();
  });

  it('fills no memory: the oldest messages go, the answer stays', async () => {
    const ana = await Hand.begin('own', '2025-06-18');
    held.add('flood 2');
    const call = await ana.steps('flood', 600, 1, { fill: 1_000 });
    const { id } = await call.message();
    await arrived('flood 2');
    call.cut();
    holds.get('flood 2')?.();
    await answered();
    const texts = await restOf(await ana.get(id));
    expect(texts).toHaveLength(257);
    expect(texts[0]).toContain('flood step 345.');
    expect(texts.at(-1)).toBe('flood done');
    await ana.end();
  });

  it('has an end: whoever has its answer gets no other stream for it', async () => {
    const ana = await Hand.begin('own', '2025-11-25');
    const events = await (await ana.steps('over', 1, 1)).rest();
    const { response } = await ana.get(events.at(-1)?.id);
    expect(response.status).toBe(405);
    expect(own.methods).not.toContain('GET');
    await ana.end();
  });

  it('does not make the official client come back for ever after an error', async () => {
    const seen: string[] = [];
    const headers = { authorization: `Bearer ${await gate.token('ana', 'own')}` };
    const transport = new StreamableHTTPClientTransport(new URL(gate.endpoint('own')), {
      requestInit: { headers },
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (new Headers(init?.headers).has('last-event-id')) seen.push(String(response.status));
        return response;
      },
    });
    const client = new Client({ name: 'agent', version: '7' });
    await client.connect(transport as Parameters<Client['connect']>[0]);
    const params = { name: 'fail', arguments: {} };
    await expect(
      client.request({ method: 'tools/call', params }, CallToolResultSchema),
    ).rejects.toThrow();
    await vi.waitFor(() => expect(seen).toEqual(['405']), { timeout: 5_000 });
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(seen).toEqual(['405']);
    await transport.terminateSession();
    await client.close();
  });

  it('is lost with the session', async () => {
    const ana = await Hand.begin('own', '2025-11-25');
    held.add('ended 1');
    const call = await ana.steps('ended', 1, 1);
    const prime = await call.next();
    await arrived('ended 1');
    call.cut();
    await ana.end();
    holds.get('ended 1')?.();
    expect((await ana.get(prime?.id)).response.status).toBe(404);
  });
});

describe('event ids', () => {
  it('name their stream: what went on another stays there', async () => {
    const ana = await Hand.begin('own', '2025-06-18');
    held.add('one 2').add('two 2');
    const one = await ana.steps('one', 2, 1);
    const two = await ana.steps('two', 2, 2);
    const [first, second] = [await one.message(), await two.message()];
    await arrived('one 2');
    await arrived('two 2');
    expect(first.id).not.toBe(second.id);
    one.cut();
    two.cut();
    holds.get('one 2')?.();
    holds.get('two 2')?.();
    const resumed = await Promise.all([ana.get(second.id), ana.get(first.id)]);
    expect(await Promise.all(resumed.map(restOf))).toEqual([
      ['two step 2', 'two done'],
      ['one step 2', 'one done'],
    ]);
    await ana.end();
  });

  it('are worth nothing in another session, nor to another user', async () => {
    const ana = await Hand.begin('own', '2025-11-25');
    held.add('mine 2');
    const call = await ana.steps('mine', 2, 1);
    const { id } = await call.message();
    await arrived('mine 2');
    call.cut();
    for (const user of ['ana', 'bob']) {
      const other = await Hand.begin('own', '2025-11-25', user);
      const { response } = await other.get(id);
      expect(response.status).toBe(405);
      expect(await response.text()).toBe('');
      await other.end();
    }
    holds.get('mine 2')?.();
    expect(await restOf(await ana.get(id))).toEqual(['mine step 2', 'mine done']);
    await ana.end();
  });

  it('come without priming before 2025-11-25', async () => {
    const [old, current] = [
      await Hand.begin('own', '2025-06-18'),
      await Hand.begin('own', '2025-11-25'),
    ];
    const olds = await (await old.steps('old', 1, 1)).rest();
    expect(olds.map(({ data }) => data)).not.toContain('');
    expect(olds.map(({ retry }) => retry)).toEqual([undefined, undefined]);
    expect(new Set(olds.map(({ id }) => id)).size).toBe(2);
    const [prime, ...others] = await (await current.steps('new', 1, 1)).rest();
    expect(prime).toMatchObject({ data: '', retry: '1000' });
    expect(prime?.id).toMatch(/\.0$/);
    expect(others.map(({ data }) => said(JSON.parse(data ?? '')))).toEqual([
      'new step 1',
      'new done',
    ]);
    await old.end();
    await current.end();
  });

  it('that nobody gave open a stream of the upstream like any other', async () => {
    const ana = await Hand.begin('stdio', '2025-06-18');
    for (const id of [`g${'x'.repeat(12)}.4`, '../..', 'c.1', '%00', 'x'.repeat(5_000)]) {
      const stream = await ana.get(id);
      expect([id.slice(0, 20), stream.response.status]).toEqual([id.slice(0, 20), 200]);
      stream.cut();
    }
    await ana.end();
  });

  it('go on in a batch', async () => {
    const ana = await Hand.begin('own', '2025-03-26');
    held.add('b 1');
    const member = (name: string, id: number) => ({
      ...{ jsonrpc: '2.0', id, method: 'tools/call' },
      params: { name: 'steps', arguments: { name, steps: 1 } },
    });
    const batch = await ana.post([member('a', 1), member('b', 2)]);
    const seen = [await batch.message(), await batch.message()];
    expect(seen.map(({ message }) => said(message))).toEqual(['a step 1', 'a done']);
    await arrived('b 1');
    batch.cut();
    holds.get('b 1')?.();
    expect(await restOf(await ana.get(seen[0]?.id))).toEqual(['a done', 'b step 1', 'b done']);
    await ana.end();
  });
});

describe('two connections for one stream', () => {
  it('are one: the second takes the place of the first', async () => {
    const ana = await Hand.begin('own', '2025-11-25');
    held.add('twice 2');
    const first = await ana.steps('twice', 2, 1);
    const { id } = await first.message();
    await arrived('twice 2');
    const second = await ana.get(id);
    expect(await first.next()).toBeUndefined();
    holds.get('twice 2')?.();
    expect(await restOf(second)).toEqual(['twice step 2', 'twice done']);
    await ana.end();
  });
});

describe('the stream of what an upstream says by itself', () => {
  const announce = async (hand: Hand, text: string, id: number) => {
    const params = { name: 'announce', arguments: { text } };
    const message = { jsonrpc: '2.0', id, method: 'tools/call', params };
    await (await hand.post(message)).response.text();
  };

  it.each([
    ['resumes where the client says', true],
    ['is taken over by a client that does not say where it was', false],
  ])('%s', async (_, says) => {
    const ana = await Hand.begin('stdio', '2025-11-25');
    const stream = await ana.get();
    await announce(ana, 'first', 1);
    const { id, message } = await stream.message();
    expect(said(message)).toBe('first');
    stream.cut();
    // The gate's side of the connection closes a moment later.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await announce(ana, 'while away', 2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const again = await ana.get(says ? id : undefined);
    expect(said((await again.message()).message)).toBe('while away');
    await announce(ana, 'back', 3);
    expect(said((await again.message()).message)).toBe('back');
    again.cut();
    await ana.end();
  });

  it('gives way, while its client is away, to one that is there', async () => {
    const ana = await Hand.begin('stdio', '2025-11-25');
    const unknown = () => ana.get(`g${'x'.repeat(12)}.1`);
    const streams = await Promise.all(Array.from({ length: 16 }, unknown));
    for (const stream of streams) await stream.next();
    expect((await unknown()).response.status).toBe(429);
    streams[0]?.cut();
    await vi.waitFor(async () => expect((await unknown()).response.status).toBe(200));
    await ana.end();
  });

  it('is not opened twice at the upstream', async () => {
    const ana = await Hand.begin('own', '2025-11-25');
    const stream = await ana.get();
    const prime = await stream.next();
    expect(prime).toMatchObject({ data: '' });
    stream.cut();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const again = await ana.get();
    expect(again.response.status).toBe(200);
    await own.latest.server.sendLoggingMessage({ level: 'info', data: 'still' });
    expect(said((await again.message()).message)).toBe('still');
    expect(own.methods.filter((method) => method === 'GET')).toHaveLength(1);
    again.cut();
    await ana.end();
  });
});

it('a gate that is started again resumes the stream at the upstream', async () => {
  const streams: ServerResponse[] = [];
  const note = (number: number) => {
    const params = { level: 'info', data: `note ${number}` };
    const text = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params });
    return `id: up/${number}\ndata: ${text}\n\n`;
  };
  const upstream = await HttpUpstream.start((response, received, id) => {
    if (received.method !== 'GET') return mcpHandler(response, received, id);
    streams.push(response);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(received.headers['last-event-id'] === 'up/1' ? note(2) : note(1));
  });
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-resumption-'));
  const issuer = await startIssuer();
  const config = { upstreams: { own: { url: upstream.url } }, sessions: { key: 'k'.repeat(32) } };
  const start = () => ServedGate.start({ folder, issuer, config });
  let served = await start();
  try {
    const token = await tokenOf(issuer, 'ana', 'own');
    const ana = await Hand.beginAt(served.endpoint('own'), token, '2025-11-25');
    const { id, message } = await (await ana.get()).message();
    expect(said(message)).toBe('note 1');
    await served.kill('SIGKILL');

    served = await start();
    const resumed = await ana.at(served.endpoint('own')).get(id);
    const next = await resumed.message();
    expect(said(next.message)).toBe('note 2');
    expect(upstream.last?.headers['last-event-id']).toBe('up/1');
    resumed.cut();
  } finally {
    await served.kill('SIGKILL');
    await issuer.stop();
    await upstream.close();
    rmSync(folder, { recursive: true });
  }
});

it('a gate that is started again resumes where nothing was held of a text that comes in pieces', async () => {
  const pieces = ['tell ', 'eve.sec', 'ret@example.org now '];
  const note = (number: number) => {
    const params = { level: 'info', data: pieces[number - 1] };
    const text = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params });
    return `id: up/${number}\ndata: ${text}\n\n`;
  };
  const upstream = await HttpUpstream.start((response, received, id) => {
    if (received.method !== 'GET') return mcpHandler(response, received, id);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const last = Number(received.headers['last-event-id']?.slice('up/'.length) ?? 0);
    response.write(last === 0 ? note(1) + note(2) : [1, 2, 3].slice(last).map(note).join(''));
  });
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-resumption-'));
  mkdirSync(join(folder, 'policies'));
  const hide =
    'apiVersion: sallyport/v1\nrules: [{ id: hide, mask: { find: email, across: true } }]\n';
  writeFileSync(join(folder, 'policies/hide.yaml'), hide);
  const issuer = await startIssuer();
  const config = { upstreams: { own: { url: upstream.url } }, sessions: { key: 'k'.repeat(32) } };
  const start = () => ServedGate.start({ folder, issuer, config });
  let served = await start();
  const text = ({ params }: Message) => params?.data as string;
  try {
    const token = await tokenOf(issuer, 'ana', 'own');
    const ana = await Hand.beginAt(served.endpoint('own'), token, '2025-11-25');
    const stream = await ana.get();
    expect(text((await stream.message()).message)).toBe('tell ');
    const { id, message } = await stream.message();
    expect(text(message)).toBe('');
    await served.kill('SIGKILL');

    served = await start();
    const resumed = await ana.at(served.endpoint('own')).get(id);
    const rest = [await resumed.message(), await resumed.message()].map((one) => text(one.message));
    expect(upstream.last?.headers['last-event-id']).toBe('up/1');
    expect(rest.join('')).toBe('[redacted:email] now ');
    resumed.cut();
  } finally {
    await served.kill('SIGKILL');
    await issuer.stop();
    await upstream.close();
    rmSync(folder, { recursive: true });
  }
});
