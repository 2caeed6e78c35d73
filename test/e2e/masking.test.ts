import { setTimeout as wait } from 'node:timers/promises';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { allMessages, answerOf, type Message, messagesOf, RawAgent } from './fixtures/raw-agent.ts';
import { Upstream } from './fixtures/upstream.ts';
import { type RunningGate, startGate } from './support/gate.ts';

const policies = `apiVersion: sallyport/v1
upstreams: [own]
rules:
  - { id: all, on: { tools: ['*'] }, then: allow }
  - id: hide
    mask:
      - { find: [email, payment-card], across: true, notice: true }
  - id: hide-from-echo
    on: { tools: [echo] }
    mask: [{ find: [email], in: [args] }]
`;
const secret = 'eve.secret@example.org';
const LARGE = 5_000_000;
/** Characters of a log message that is masked piece by piece. */
const LOG = 200_000;
const TEXT = `Ask ${secret} about order 4711, please. `;

let own: Upstream;
let gate: RunningGate;
let agent: RawAgent;
/** Ends the call of a tool that waits for it. */
let end: (() => void) | undefined;

beforeAll(async () => {
  own = await Upstream.start(ownServer);
  gate = await startGate({
    upstreams: { own: { url: own.url } },
    policies,
    config: { limits: { message: '16MiB' } },
  });
  agent = await RawAgent.begin(gate.endpoint('own'), await gate.token('ana', 'own'));
});
afterAll(async () => {
  await gate?.stop();
  await own?.stop();
});

function ownServer(): McpServer {
  const mcp = new McpServer({ name: 'own', version: '1' }, { capabilities: { logging: {} } });
  const said = (text: string) => ({ content: [{ type: 'text' as const, text }] });
  const sized = { size: z.number() };
  mcp.registerTool('export', { inputSchema: sized }, async ({ size }, { sendNotification }) => {
    const text = TEXT.repeat(size / TEXT.length);
    const params = { level: 'info' as const, data: TEXT.repeat(LOG / TEXT.length) };
    await sendNotification({ method: 'notifications/message', params });
    await sendNotification({ method: 'notifications/message', params: { ...params, data: '.' } });
    return said(text);
  });
  mcp.registerTool('echo', { inputSchema: { text: z.string() } }, ({ text }) => said(text));
  const inputSchema = { pieces: z.array(z.string()) };
  mcp.registerTool('talk', { inputSchema }, async ({ pieces }, { sendNotification, _meta }) => {
    const progressToken = _meta?.progressToken ?? 'none';
    for (const [progress, piece] of pieces.entries()) {
      const message = fromHex(piece);
      const params = { progressToken, progress, message };
      await sendNotification({ method: 'notifications/progress', params });
    }
    return said('done');
  });
  mcp.registerTool(
    'pause',
    { inputSchema },
    async ({ pieces: [piece = ''] }, { sendNotification }) => {
      const params = { level: 'info' as const, data: fromHex(piece) };
      await sendNotification({ method: 'notifications/message', params });
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      return said('done');
    },
  );
  return mcp;
}

// What a call asks for stands in the transcript, so pieces are asked for as something else.
const toHex = (text: string) => Buffer.from(text).toString('hex');
const fromHex = (hex: string) => Buffer.from(hex, 'hex').toString();

/** What the newest exchange of a tool has in the transcript, once it is over. */
async function recorded(target: string) {
  const reader = gate.transcripts();
  const exchange = await vi.waitFor(() => {
    const [newest] = reader.exchanges({ target, limit: 1 });
    expect(newest?.outcome).not.toBe('open');
    return newest;
  });
  const events = reader.events(exchange?.id ?? '');
  return { exchange, events };
}

let nextId = 0;
const call = (name: string, args: object = {}, meta: object = {}) =>
  agent.request('tools/call', { name, arguments: args, _meta: meta }, `call-${nextId++}`);
const textIn = ({ result }: Message) =>
  (result?.content as readonly { text: string }[] | undefined)?.[0]?.text ?? '';
const talk = (...pieces: string[]) =>
  call('talk', { pieces: pieces.map(toHex) }, { progressToken: 'p' });

describe('results of 5 MB', () => {
  it('are masked, every place of them, and come after what came before them', async () => {
    const messages = await allMessages(await call('export', { size: LARGE }));
    const answer = messages.at(-1) as Message;
    const count = Math.floor(LARGE / TEXT.length);
    const said = messages.slice(0, -1).map(({ params }) => params?.data as string);
    const masked = TEXT.replace(secret, '[redacted:email]');
    expect(said.join('')).toBe(`${masked.repeat(LOG / TEXT.length)}.`);
    expect(textIn(answer)).toBe(TEXT.replace(secret, '[redacted:email]').repeat(count));
    expect(answer.result?._meta).toEqual({
      'dev.sallyport/masked': {
        masks: [
          { what: 'email', with: 'redact', count, places: ['content[0].text'], rule: 'hide' },
        ],
      },
    });
    const { events } = await recorded('export');
    expect(JSON.parse(events.at(-1)?.payload ?? '')).toEqual(answer);
  });

  it('hold no other call up for long, and many at a time are all masked', async () => {
    const large = Array.from({ length: 4 }, () =>
      call('export', { size: 600_000 }).then(allMessages),
    );
    const small = await answerOf(await call('echo', { text: secret }));
    expect(textIn(small)).toBe('[redacted:email]');
    for (const messages of await Promise.all(large)) {
      expect(JSON.stringify(messages)).not.toContain(secret);
      expect(textIn(messages.at(-1) as Message).length).toBeGreaterThan(300_000);
    }
  });

  it('of a call that is given up meanwhile go nowhere', async () => {
    const abort = new AbortController();
    const id = 'given-up';
    const answered = agent.request(
      'tools/call',
      { name: 'export', arguments: { size: LARGE } },
      id,
    );
    await vi.waitFor(() => expect(own.seen.at(-1)?.id).toBe(id));
    await wait(50);
    await agent.post({ method: 'notifications/cancelled', params: { requestId: id } });
    const text = await (await answered).text();
    abort.abort();
    expect(text).not.toContain(secret);
    expect(text).not.toContain('"result"');
    const { exchange } = await recorded('export');
    expect(exchange?.outcome).toBe('cancelled');
    expect(gate.databaseBytes()).not.toContain(secret);
  });
});

describe('arguments of 5 MB', () => {
  it('are masked before the upstream gets them', async () => {
    const text = TEXT.repeat(1_000_000 / TEXT.length);
    const answer = await answerOf(await call('echo', { text }));
    expect(textIn(answer)).not.toContain(secret);
    const seen = own.seen.findLast(({ rpc }) => rpc === 'tools/call');
    expect(seen?.params).toMatchObject({
      arguments: { text: text.replaceAll(secret, '[redacted:email]') },
    });
  });
});

describe('a text that comes in pieces by notifications', () => {
  it('of progress never shows half of a finding, and all of it has come before the answer', async () => {
    const messages = await allMessages(
      await talk(
        'The card is 4111 11',
        '11 1111 11',
        '11 of eve.sec',
        'ret@example.org, said B',
        'ob',
      ),
    );
    const said = messages.slice(0, -1).map(({ params }) => params?.message as string);
    expect(said.join('')).toBe('The card is [redacted:payment-card] of [redacted:email], said Bob');
    for (const one of said) expect(one).not.toMatch(/4111|eve\.|ret@/);
    const steps = messages.slice(0, -1).map(({ params }) => params?.progress as number);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(new Set(steps).size).toBe(steps.length);
    expect(textIn(messages.at(-1) as Message)).toBe('done');
    expect(gate.databaseBytes()).not.toMatch(/4111 11|eve\.sec/);
  });

  it('comes out after a pause though nothing follows', async () => {
    const messages = messagesOf(await call('pause', { pieces: [toHex('tell bob')] }));
    const first = await messages.next();
    const second = await messages.next();
    expect([first.value?.params?.data, second.value?.params?.data]).toEqual(['tell ', 'bob']);
    end?.();
    expect(textIn((await messages.next()).value as Message)).toBe('done');
  });

  it('on the stream of a server comes out as well, each piece recorded', async () => {
    const abort = new AbortController();
    const messages = messagesOf(await agent.listen(abort.signal));
    await own.isHeard();
    for (const data of ['tell eve.sec', 'ret@example.org it is', ' bob']) {
      await own.latest.server.sendLoggingMessage({ level: 'info', logger: 'x', data });
    }
    const said: unknown[] = [];
    while (said.length < 4) said.push((await messages.next()).value?.params?.data);
    expect(said.join('')).toBe('tell [redacted:email] it is bob');
    abort.abort();
    expect(gate.databaseBytes()).not.toContain('eve.sec');
  });
});
