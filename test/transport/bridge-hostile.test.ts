import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import {
  mintSessionId,
  readSessionId,
} from '../../src/transport/bridge/session-over-stateless/session-id.ts';
import {
  BridgeClient,
  type BridgeClientOptions,
  errorOf,
  noticesIn,
  questionsIn,
  resultOf,
} from './fixtures/bridge-client.ts';
import { event, type Handler, HttpUpstream, json } from './fixtures/http-upstream.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: JsonObject;
}
type Respond = Parameters<Handler>[0];
type Answers = Record<string, (response: Respond, message: Message) => void>;

const reply = (response: Respond, id: unknown, result: object) =>
  json(response, JSON.stringify({ jsonrpc: '2.0', id, result }));
const refuse = (response: Respond, id: unknown, code: number) =>
  json(response, JSON.stringify({ jsonrpc: '2.0', id, error: { code, message: 'no' } }));
const message = (body: object) => event(JSON.stringify({ jsonrpc: '2.0', ...body }));
const stream = (response: Respond, ...bodies: object[]) =>
  response
    .writeHead(200, { 'content-type': 'text/event-stream' })
    .write(bodies.map(message).join(''));

/** An upstream that answers by method, and a client of it. */
async function connect(answers: Answers, options: BridgeClientOptions = {}) {
  const upstream = await HttpUpstream.start((response, { method, body }) => {
    if (method !== 'POST') return response.writeHead(method === 'GET' ? 405 : 204).end();
    const sent = JSON.parse(body) as Message;
    const answer = answers[sent.method ?? 'answer'];
    if (answer) answer(response, sent);
    else if (sent.id === undefined || sent.method === undefined) response.writeHead(202).end();
    else refuse(response, sent.id, -32601);
  });
  const client = new BridgeClient({ url: upstream.url, ...options });
  stops.push(async () => {
    await client.link.stop();
    await upstream.close();
  });
  const methods = () =>
    upstream.received.map(({ method, body }) => (body ? JSON.parse(body).method : method));
  return { client, upstream, methods };
}

const stateless: Answers = {
  'server/discover': (response, { id }) =>
    reply(response, id, {
      ...{ resultType: 'complete', supportedVersions: ['2026-07-28'] },
      capabilities: { tools: {} },
    }),
  'tools/list': (response, { id }) => reply(response, id, { resultType: 'complete', tools: [] }),
};
const session: Answers = {
  initialize: (response, { id }) =>
    reply(response, id, {
      ...{ protocolVersion: '2025-06-18', capabilities: { resources: { subscribe: true } } },
      serverInfo: { name: 'old', version: '1' },
    }),
};
const asks = (inputRequests: Json) => ({
  'tools/call': (response: Respond, { id }: Message) =>
    reply(response, id, { resultType: 'input_required', inputRequests }),
});

describe('an upstream without sessions that misbehaves', () => {
  const declared = { elicitation: {} };
  const form = { method: 'elicitation/create', params: { message: 'm' } };

  it.each<[string, Json, RegExp]>([
    ['asks for what is no request', { a: 'b' }, /asks for nothing/],
    ['asks for a method that no client has', { a: { method: 'secrets/read' } }, /secrets\/read/],
    ['asks for a URL to be visited', { a: { ...form, params: { mode: 'url' } } }, /url/],
    ['asks too much', Object.fromEntries([1, 2, 3].map((n) => [`k${n}`, form])), /more than 2/],
  ])('fails the call when it %s', async (_name, inputRequests, words) => {
    const { client } = await connect(
      { ...stateless, ...asks(inputRequests) },
      { limits: { items: 2 } },
    );
    await client.initialize(declared);
    const sink = client.call('any');
    await sink.over;
    expect(errorOf(sink)?.message).toMatch(words);
    expect(questionsIn(sink)).toEqual([]);
  });

  it('fails a call whose result is of an unknown type, or asks where none may', async () => {
    const { client } = await connect({
      ...stateless,
      'tools/call': (response, { id }) => reply(response, id, { resultType: 'task' }),
      'tools/list': (response, { id }) =>
        reply(response, id, { resultType: 'input_required', inputRequests: {} }),
    });
    await client.initialize(declared);
    const task = client.call('any');
    await task.over;
    expect(errorOf(task)?.message).toContain('"task"');
    expect(errorOf(await client.ask('tools/list'))?.message).toContain('input');
  });

  it('is given up when it has a request repeated without end', async () => {
    let calls = 0;
    const { client } = await connect(
      {
        ...stateless,
        'tools/call': (response, { id }) => {
          calls++;
          reply(response, id, { resultType: 'input_required', requestState: 's' });
        },
      },
      { limits: { rounds: 2 } },
    );
    await client.initialize();
    const sink = client.call('any');
    await sink.over;
    expect(errorOf(sink)?.message).toContain('2 times');
    expect(calls).toBe(2);
  });

  it('gets answers under the names that it gave, whatever they are', async () => {
    let answered: unknown;
    const { client } = await connect({
      ...stateless,
      'tools/call': (response, { id, params }) => {
        answered = params?.inputResponses;
        const asked = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"resultType":"input_required","inputRequests":{"__proto__":${JSON.stringify(form)}}}}`;
        if (answered) reply(response, id, { resultType: 'complete', content: [] });
        else json(response, asked);
      },
    });
    await client.initialize(declared);
    const sink = client.call('any');
    await vi.waitFor(() => expect(questionsIn(sink)).toHaveLength(1));
    await client.answer(questionsIn(sink)[0]?.id ?? '', { action: 'decline' });
    await sink.over;
    expect(JSON.stringify(answered)).toBe('{"__proto__":{"action":"decline"}}');
  });

  it('has its subscription opened again when it ends it', async () => {
    const { client, methods } = await connect(
      {
        ...stateless,
        'subscriptions/listen': (response, { id }) => {
          stream(
            response,
            { method: 'notifications/subscriptions/acknowledged', params: { notifications: {} } },
            { method: 'notifications/tools/list_changed' },
            { id, result: { resultType: 'complete' } },
          );
          response.end();
        },
      },
      { times: { reopen: 10 } },
    );
    await client.initialize();
    const sink = client.listen();
    await vi.waitFor(() => expect(noticesIn(sink).length).toBeGreaterThan(2));
    expect(methods().filter((method) => method === 'subscriptions/listen').length).toBeLessThan(20);
    expect(sink.heard).not.toContain('end');
  });

  it('that has no subscriptions is asked once, and the stream of the session stays open', async () => {
    const { client, methods } = await connect(stateless, { times: { reopen: 1 } });
    await client.initialize();
    const sink = client.listen();
    await vi.waitFor(() => expect(methods()).toContain('subscriptions/listen'));
    const refused = await client.ask('resources/subscribe', { uri: 'test://one' });
    expect(errorOf(refused)?.code).toBe(-32601);
    expect(methods().filter((method) => method === 'subscriptions/listen')).toHaveLength(2);
    expect(sink.heard).toEqual(['open']);
  });

  it('that never takes a subscription has it refused in time', async () => {
    const { client } = await connect(
      { ...stateless, 'subscriptions/listen': (response) => void stream(response) },
      { times: { handshake: 100 } },
    );
    await client.initialize();
    const sink = await client.ask('resources/subscribe', { uri: 'test://one' });
    expect(errorOf(sink)?.message).toContain('in time');
  });
});

describe('an upstream with sessions that misbehaves', () => {
  const declared = { capabilities: { elicitation: {} } };
  const question = { id: 'q', method: 'elicitation/create', params: { message: 'm' } };

  it('is not used under a revision that is none', async () => {
    const { client, methods } = await connect({
      initialize: (response, { id }) => {
        response.setHeader('mcp-session-id', 's');
        reply(response, id, { protocolVersion: '1' });
      },
    });
    const sink = await client.call1('any');
    expect(sink.error?.code).toBe('UPSTREAM_INVALID');
    await vi.waitFor(() => expect(methods()).toContain('DELETE'));
  });

  it('that refuses the session has the client told why', async () => {
    const { client } = await connect({
      initialize: (response, { id }) => refuse(response, id, -32603),
    });
    expect(errorOf(await client.call1('any'))).toEqual({ code: -32603, message: 'no' });
  });

  it('that does not open a session is given up in time', async () => {
    const { client } = await connect({ initialize: () => {} }, { times: { handshake: 100 } });
    expect((await client.call1('any')).error?.code).toBe('UPSTREAM_TIMEOUT');
  });

  it('that loses each session fails the call after the second', async () => {
    let calls = 0;
    const { client } = await connect({
      initialize: (response, message) => {
        response.setHeader('mcp-session-id', 's');
        session.initialize?.(response, message);
      },
      'tools/call': (response) => {
        calls++;
        response.writeHead(404).end();
      },
    });
    expect((await client.call1('any')).error?.code).toBe('UPSTREAM_ENDED');
    expect(calls).toBe(2);
  });

  it('that answers something else fails the call', async () => {
    const { client } = await connect({
      ...session,
      'tools/call': (response) => {
        stream(response, { id: 'other', result: {} });
        response.end();
      },
    });
    expect((await client.call1('any')).error?.code).toBe('UPSTREAM_ENDED');
  });

  it('that asks where no question may be is refused', async () => {
    const { client, upstream } = await connect({
      ...session,
      'tools/list': (response, { id }) => {
        stream(response, question);
        const tell = setInterval(() => {
          if (!upstream.received.some(({ body }) => body.includes('"q"'))) return;
          clearInterval(tell);
          response.end(message({ id, result: { tools: [] } }));
        }, 10);
      },
    });
    expect(resultOf(await client.ask1('tools/list', {}, declared))).toMatchObject({ tools: [] });
    const refusal = upstream.received.find(({ body }) => body.includes('"q"'));
    expect(JSON.parse(refusal?.body ?? '{}')).toMatchObject({ id: 'q', error: { code: -32600 } });
  });

  it('that closes the stream of a call, and goes on with it later, is waited for', async () => {
    const resumed: unknown[] = [];
    const upstream = await HttpUpstream.start((response, { method, headers, body }) => {
      if (method === 'POST') {
        const sent = JSON.parse(body) as Message;
        if (sent.method === 'initialize') return session.initialize?.(response, sent);
        if (sent.method !== 'tools/call') return response.writeHead(202).end();
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        return response.end(`id: ${sent.id}\nretry: 10\ndata: \n\n`);
      }
      const last = headers['last-event-id'];
      if (method === 'DELETE' || last === undefined) return response.writeHead(405).end();
      resumed.push(last);
      stream(response, { id: Number(last), result: { content: [] } });
      response.end();
    });
    const client = new BridgeClient({ url: upstream.url, era: 'session' });
    stops.push(async () => {
      await client.link.stop();
      await upstream.close();
    });
    expect(resultOf(await client.call1('any'))).toMatchObject({ content: [] });
    expect(resumed).toHaveLength(1);
  });

  it('that asks too much or without end is cut short', async () => {
    const { client, methods } = await connect(
      {
        ...session,
        'tools/call': (response) => void stream(response, { ...question, id: 1 }),
        answer: (response) => response.writeHead(202).end(),
      },
      { limits: { rounds: 2 } },
    );
    let asked = resultOf(await client.call1('any', declared));
    const again = () => client.call1('any', declared, { requestState: asked.requestState ?? '' });
    asked = resultOf(await again());
    expect(asked).toMatchObject({ resultType: 'input_required' });
    expect(errorOf(await again())?.message).toContain('too often');
    await vi.waitFor(() => expect(methods()).toContain('notifications/cancelled'));
  });

  it('whose questions are taken back does not hear of an answer', async () => {
    let call: { response: Respond; id: unknown } | undefined;
    const { client, upstream } = await connect({
      ...session,
      'tools/call': (response, { id }) => {
        call = { response, id };
        stream(response, question);
      },
    });
    const asked = resultOf(await client.call1('any', declared));
    const params = { requestId: 'q' };
    call?.response.write(message({ method: 'notifications/cancelled', params }));
    call?.response.end(message({ id: call.id, result: { content: [] } }));
    const inputResponses = { 'question-1': { action: 'accept' } };
    await vi.waitFor(() => expect(call?.response.writableFinished).toBe(true));
    const state = { inputResponses, requestState: asked.requestState ?? '' };
    expect(resultOf(await client.call1('any', declared, state))).toMatchObject({ content: [] });
    expect(upstream.received.some(({ body }) => body.includes('accept'))).toBe(false);
  });
});

describe('the stop of a link', () => {
  it('does not wait for a session that is not opened, nor for its opening to be over', async () => {
    const { client, methods } = await connect(
      { initialize: () => {}, 'notifications/initialized': () => {} },
      { era: 'session', times: { handshake: 3_600_000 } },
    );
    const sink = client.send1('tools/list');
    await vi.waitFor(() => expect(methods()).toEqual(['initialize']));
    await client.link.stop();
    expect(sink.error?.code).toBe('GATE_STOPPING');
  });

  it('ends a session that the upstream opened and said no more in', async () => {
    const { client, methods } = await connect(
      {
        initialize: (response, sent) => {
          response.setHeader('mcp-session-id', 's');
          session.initialize?.(response, sent);
        },
        'notifications/initialized': () => {},
      },
      { era: 'session' },
    );
    const sink = client.send1('tools/list');
    await vi.waitFor(() => expect(methods()).toHaveLength(2));
    await client.link.stop();
    expect(sink.error?.code).toBe('GATE_STOPPING');
    expect(methods()).toEqual(['initialize', 'notifications/initialized', 'DELETE']);
  });
});

describe('the session id that the bridge mints', () => {
  it.each(['auto', 'session'] as const)('is none that an upstream may give (%s)', async (era) => {
    const minted = mintSessionId({ protocol: '2025-11-25', info: undefined, capabilities: {} });
    const { client, methods } = await connect(
      {
        ...stateless,
        initialize: (response, sent) => {
          response.setHeader('mcp-session-id', minted);
          session.initialize?.(response, sent);
        },
      },
      { era },
    );
    const sink = await client.initialize();
    expect(sink.error?.code).toBe('UPSTREAM_INVALID');
    expect(sink.heard).toEqual(['fail']);
    expect(methods()).not.toContain('server/discover');
  });

  it('is none that an upstream may give which was thought to have no sessions', async () => {
    let isOld = false;
    const { client } = await connect({
      'server/discover': (response, sent) => {
        if (isOld) refuse(response, sent.id, -32601);
        else stateless['server/discover']?.(response, sent);
      },
      initialize: (response, sent) => {
        if (!isOld) return refuse(response, sent.id, -32601);
        response.setHeader('mcp-session-id', 'era1.x');
        session.initialize?.(response, sent);
      },
    });
    await client.initialize();
    isOld = true;
    expect((await client.initialize()).error?.code).toBe('UPSTREAM_INVALID');
  });

  it('fits a header, whatever the client says of itself, and says who it is', () => {
    const info = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ maxLength: 300 }));
    const named = fc.record({
      name: fc.string({ unit: 'grapheme', maxLength: 1000 }),
      version: fc.string({ maxLength: 400 }),
    });
    fc.assert(
      fc.property(fc.oneof(info, named), fc.jsonValue(), (client, value) => {
        const capabilities = { elicitation: {}, experimental: { x: value } } as JsonObject;
        const facts = { protocol: '2025-06-18', info: client, capabilities };
        const id = mintSessionId(facts);
        expect(id).toMatch(/^[\x21-\x7e]{1,1024}$/);
        expect(readSessionId(id)).toMatchObject({
          protocol: '2025-06-18',
          capabilities: { elicitation: {} },
        });
      }),
    );
  });

  it.each(['', 'era1.', 'era1.e30', 'era1.bm8', 'other', `era1.${'A'.repeat(2000)}`])(
    'is not mistaken for %j',
    (id) => {
      expect(readSessionId(id)).toBeUndefined();
    },
  );
});
