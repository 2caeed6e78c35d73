import { afterEach, describe, expect, it, vi } from 'vitest';
import { stepLines } from '../../src/cli/transcripts/step.ts';
import type { Frame } from '../../src/model/message.ts';
import { BridgeLink } from '../../src/transport/bridge/link.ts';
import { HttpLink } from '../../src/transport/http/link.ts';
import { allowAll, rawPost, startGate } from '../e2e/support/gate.ts';
import { startSessionServer } from './fixtures/bridge-session-server.ts';
import { startStatelessServer } from './fixtures/bridge-stateless-server.ts';
import { CollectingSink } from './fixtures/collecting-sink.ts';
import { protocol, stateless } from './fixtures/stateless-client.ts';
import { CollectingLog, never, request } from './fixtures/stdio-client.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
async function started<Server extends { stop(): Promise<void> }>(server: Promise<Server>) {
  const own = await server;
  stops.push(() => own.stop());
  return own;
}

/** Keeps as well what a link says of its own. */
class HearingSink extends CollectingSink {
  readonly asides: string[] = [];

  aside(method: string): void {
    this.asides.push(method);
  }
}

function linkTo(url: string): BridgeLink {
  const log = new CollectingLog();
  const limits = { bytes: 4_194_304, depth: 64 };
  const inner = new HttpLink({ name: 'up', url, headers: {}, timeout: 20_000, limits, log });
  const link = new BridgeLink({ name: 'up', inner, era: 'auto', log, clock: Date.now });
  stops.push(() => link.stop());
  return link;
}

describe('what a link says of its own because of a call', () => {
  let link: BridgeLink;
  async function sent(frame: Frame, place: object, signal = never): Promise<HearingSink> {
    const sink = new HearingSink();
    link.send(frame, { owner: 'ana', ...place }, sink, signal);
    await sink.over;
    return sink;
  }
  const tool = { name: 'id', arguments: {} };
  const level = { 'io.modelcontextprotocol/logLevel': 'error' };

  it('is told to the call that a session is opened for, and to no other', async () => {
    link = linkTo((await started(startSessionServer())).url);
    const first = await sent(stateless('tools/call', 1, tool, level), { protocol });
    expect(first.asides).toEqual([
      ...['server/discover', 'initialize', 'notifications/initialized', 'logging/setLevel'],
    ]);
    const second = await sent(stateless('tools/call', 2, tool, level), { protocol });
    expect(second.asides).toEqual([]);
  });

  it('is told to a subscription from its beginning to its end', async () => {
    const server = await started(startSessionServer());
    link = linkTo(server.url);
    const abort = new AbortController();
    const sink = new HearingSink();
    const notifications = { resourceSubscriptions: ['test://one'] };
    const listen = stateless('subscriptions/listen', 1, { notifications });
    link.send(listen, { owner: 'ana', protocol }, sink, abort.signal);
    await vi.waitFor(() => expect(sink.messages).toHaveLength(1));
    expect(sink.asides.at(-1)).toBe('resources/subscribe');
    abort.abort();
    expect(sink.asides.at(-1)).toBe('resources/unsubscribe');
    await vi.waitFor(() => expect(server.subscribed).toEqual([]));
  });

  it('is told to a call that is taken back', async () => {
    const server = await started(startSessionServer());
    link = linkTo(server.url);
    const abort = new AbortController();
    const sink = new HearingSink();
    const hang = stateless('tools/call', 1, { name: 'hang', arguments: {} }, level);
    link.send(hang, { owner: 'ana', protocol }, sink, abort.signal);
    await vi.waitFor(() => expect(sink.messages).toHaveLength(1));
    abort.abort();
    expect(sink.asides.at(-1)).toBe('notifications/cancelled');
    await vi.waitFor(() => expect(server.cancelled).toBe(1));
  });

  it('is told to the initialize that is answered from a discovery', async () => {
    link = linkTo((await started(startStatelessServer())).url);
    const clientInfo = { name: 'test', version: '1' };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    const begun = await sent(request('initialize', params, 0), {});
    expect(begun.asides).toEqual(['server/discover']);
    const place = { session: begun.head?.session, protocol: '2025-11-25' };
    const subscribed = await sent(request('resources/subscribe', { uri: 'test://one' }, 1), place);
    expect(subscribed.asides).toEqual(['subscriptions/listen']);
    const called = await sent(request('tools/call', { name: 'echo', arguments: {} }, 2), place);
    expect(called.asides).toEqual(['tools/list']);
  });
});

describe('the transcript of a call', () => {
  it('has what the gate says to the upstream, and says that it was the gate', async () => {
    const [old, young] = [
      await started(startSessionServer()),
      await started(startStatelessServer()),
    ];
    const upstreams = { old: { url: old.url }, young: { url: young.url } };
    const gate = await startGate({ upstreams, policies: allowAll });
    stops.push(() => gate.stop());
    const reader = gate.transcripts();
    const said = async (upstream: string) => {
      const { message } = stateless('tools/call', 1, { name: 'echo', arguments: { say: 'x' } });
      const response = await rawPost(gate.endpoint(upstream), JSON.stringify(message), {
        authorization: `Bearer ${await gate.token('ana', upstream)}`,
        'mcp-protocol-version': protocol,
        ...{ 'mcp-method': 'tools/call', 'mcp-name': 'echo' },
      });
      expect(await response.text()).toContain('"result"');
      const [exchange] = reader.exchanges({ upstream, limit: 1 });
      return reader.events(exchange?.id ?? '');
    };
    const bridged = await said('old');
    const own = bridged.filter(({ detail }) => detail?.by === 'gate');
    expect(own.map(({ kind, detail }) => [kind, detail?.method])).toEqual([
      ['forwarded', 'server/discover'],
      ['forwarded', 'initialize'],
      ['forwarded', 'notifications/initialized'],
    ]);
    expect(own[1] && stepLines(own[1])).toEqual([
      ...['to the upstream', 'by: gate', 'method: initialize'],
    ]);
    expect(bridged.at(-1)?.kind).toBe('answered');
    const native = (await said('young')).filter(({ detail }) => detail?.by === 'gate');
    expect(native.map(({ detail }) => detail?.method)).toEqual(['server/discover', 'tools/list']);
  });

  it('has what a subscription makes the gate say, to its end', async () => {
    const old = await started(startSessionServer());
    const gate = await startGate({ upstreams: { old: { url: old.url } }, policies: allowAll });
    stops.push(() => gate.stop());
    const notifications = { resourceSubscriptions: ['test://one'] };
    const { message } = stateless('subscriptions/listen', 1, { notifications });
    const abort = new AbortController();
    const headers = {
      authorization: `Bearer ${await gate.token('ana', 'old')}`,
      ...{ 'mcp-protocol-version': protocol, 'mcp-method': 'subscriptions/listen' },
    };
    const text = JSON.stringify(message);
    await rawPost(gate.endpoint('old'), text, headers, abort.signal);
    await vi.waitFor(() => expect(old.subscribed).toEqual(['test://one']));
    abort.abort();
    const reader = gate.transcripts();
    await vi.waitFor(() => {
      const [exchange] = reader.exchanges({ upstream: 'old', limit: 1 });
      const own = reader.events(exchange?.id ?? '').filter(({ detail }) => detail?.by === 'gate');
      expect(own.map(({ detail }) => detail?.method)).toEqual([
        ...['server/discover', 'initialize', 'notifications/initialized'],
        ...['resources/subscribe', 'resources/unsubscribe'],
      ]);
    });
  });
});
