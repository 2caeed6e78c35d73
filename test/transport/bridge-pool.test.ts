import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BridgeClient, type BridgeClientOptions, noticesIn } from './fixtures/bridge-client.ts';
import { type SessionServer, startSessionServer } from './fixtures/bridge-session-server.ts';
import { textOf } from './fixtures/stdio-client.ts';

let server: SessionServer;
let client: BridgeClient;
let abort: AbortController;
beforeEach(async () => {
  server = await startSessionServer();
  abort = new AbortController();
});
afterEach(async () => {
  abort.abort();
  await client.link.stop();
  await server.stop();
});
function connect(limits: BridgeClientOptions['limits'] = {}): void {
  client = new BridgeClient({ url: server.url, era: 'session', limits });
}
const named = (name: string) => ({
  more: { 'io.modelcontextprotocol/clientInfo': { name, version: '1' } },
});
const declaring = (n: number) => ({ capabilities: { experimental: { [`x${n}`]: {} } } });

/** A call that lasts, once its session is in use. */
async function busy(owner: string, wishes: object) {
  const { signal } = abort;
  const params = { name: 'hang', arguments: {} };
  const sink = client.send1('tools/call', params, { owner, signal, level: 'error', ...wishes });
  await vi.waitFor(() => expect(sink.error?.code ?? noticesIn(sink)[0]).toBeDefined());
  return sink.error?.code;
}

describe('sessions at an upstream for clients that have none', () => {
  it('are few for one owner, whatever its clients call themselves', async () => {
    connect();
    for (let n = 1; n <= 10; n++) {
      expect(await busy('ana', named(`agent-${n}`))).toBeUndefined();
    }
    expect(server.sessions).toBe(4);
  });

  it('are shared by clients that differ in name only, and by no others', async () => {
    connect({ ownerSessions: 1 });
    await busy('ana', named('one'));
    expect(textOf(await client.call1('id', named('two')))).toMatch(/^number/);
    expect(server.clients).toHaveLength(1);
    expect((await client.call1('id', declaring(1))).error?.code).toBe('SESSION_LIMIT');
    expect(textOf(await client.call1('id', { owner: 'bob', ...named('one') }))).toMatch(/^number/);
    expect(server.clients).toHaveLength(2);
  });

  it('are kept for owners that have none by those that have some', async () => {
    connect({ sessions: 4, ownerSessions: 3 });
    expect(await busy('ana', declaring(1))).toBeUndefined();
    expect(await busy('ana', declaring(2))).toBeUndefined();
    expect(await busy('ana', declaring(3))).toBe('SESSION_LIMIT');
    expect(await busy('bob', {})).toBeUndefined();
    expect(await busy('cleo', {})).toBeUndefined();
    expect(await busy('dan', {})).toBe('SESSION_LIMIT');
  });

  it('go first from owners that have more of them', async () => {
    connect({ sessions: 3, ownerSessions: 2 });
    await client.call1('id', { owner: 'bob' });
    await client.call1('id', { owner: 'ana', ...declaring(1) });
    // Bob has no more than she has, so hers makes room for her second.
    await client.call1('id', { owner: 'ana', ...declaring(2) });
    await vi.waitFor(() => expect(server.sessions).toBe(2));
    const opened = server.clients.length;
    await client.call1('id', { owner: 'bob' });
    expect(server.clients).toHaveLength(opened);
  });
});
