import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { HttpUpstream } from '../transport/fixtures/http-upstream.ts';
import { allowAll, type RunningGate, startGate } from './support/gate.ts';

const VERSION = '2026-07-28';
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Sends as much as is taken, and says when that is no longer anything. */
async function flood(response: ServerResponse, message: string): Promise<void> {
  while (!response.destroyed) {
    if (response.write(`data: ${message}\n\n`)) continue;
    const drained = once(response, 'drain').then(() => true);
    const stuck = new Promise<boolean>((go) => setTimeout(() => go(false), 1_000));
    if (!(await Promise.race([drained, stuck]))) return;
  }
}

/** A subscription of a client that takes the head of the answer, and then reads nothing. */
async function subscribe(gate: RunningGate): Promise<Socket> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': VERSION,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { notifications: { resourceSubscriptions: ['demo://a'] }, _meta };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params });
  const { hostname, port } = new URL(gate.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  const head = [
    'POST /mcp/own HTTP/1.1',
    `host: ${hostname}:${port}`,
    `authorization: Bearer ${await gate.token('ana', 'own')}`,
    'content-type: application/json',
    'accept: application/json, text/event-stream',
    `mcp-protocol-version: ${VERSION}`,
    'mcp-method: subscriptions/listen',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.write([...head, '', body].join('\r\n'));
  const [first] = await once(socket, 'data');
  expect(String(first)).toContain('200 OK');
  socket.pause();
  return socket;
}

// A client that reads nothing is cut off only after a minute.
it('stops in spite of a subscriber that reads nothing', { timeout: 40_000 }, async () => {
  let flooded: Promise<void> | undefined;
  const upstream = await HttpUpstream.start((response, { body }) => {
    const { id, params } = JSON.parse(body);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const own = { _meta: { 'io.modelcontextprotocol/subscriptionId': id } };
    const told = (method: string, more: object) =>
      JSON.stringify({ jsonrpc: '2.0', method, params: { ...own, ...more } });
    const { notifications } = params;
    const accepted = told('notifications/subscriptions/acknowledged', { notifications });
    response.write(`data: ${accepted}\n\n`);
    const news = { uri: 'demo://a', pad: 'x'.repeat(60_000) };
    flooded = flood(response, told('notifications/resources/updated', news));
  });
  closers.push(() => upstream.close());
  const gate = await startGate({
    upstreams: { own: { url: upstream.url, era: 'stateless' } },
    policies: allowAll,
    config: { shutdown: { drain: '500ms' } },
  });
  const socket = await subscribe(gate);
  closers.push(() => socket.destroy());
  await flooded;
  await expect(gate.stop()).resolves.toBeUndefined();
});
