import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { text as read } from 'node:stream/consumers';
import { bodies } from './bodies.ts';

// An upstream of which one tool gives results of 5 MB, another in turn, and the others hardly anything.

const initialized = {
  protocolVersion: '2025-06-18',
  capabilities: { tools: {} },
  serverInfo: { name: 'bench', version: '1' },
};
const small = JSON.stringify({ content: [{ type: 'text', text: 'fine '.repeat(200) }] });
const large = bodies(5_000_000).map(({ json }) => json);
let turn = 0;

const server = createServer(async (request, response) => {
  const { id, method, params } = JSON.parse((await read(request)) || '{}');
  if (id === undefined) return response.writeHead(202).end();
  const called = params?.name === 'export' ? (large[turn++ % large.length] as string) : small;
  const result = method === 'initialize' ? JSON.stringify(initialized) : called;
  const body = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`;
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(method === 'initialize' ? { 'mcp-session-id': randomUUID() } : {}),
  });
  response.end(body);
});

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) {
    process.send?.({ url: `http://127.0.0.1:${address.port}/mcp` });
  }
});
