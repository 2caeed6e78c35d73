import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { text as read } from 'node:stream/consumers';

// An upstream that costs next to nothing: what is measured is the way to it. It speaks just enough MCP.

/** A tool result of about 1 KB, with two things in it that a mask takes out. */
const text = `${'Orders of the week, for the review on Monday. '.repeat(16)}Contact: jane.doe@example.com, card 4111 1111 1111 1111.`;
const result = { content: [{ type: 'text', text }], isError: false };
/** The same with nothing to take out. */
const plainText = text.replace(
  /Contact:.*/,
  'Contact: whoever is on duty, at the desk on the second floor.',
);
const plain = { content: [{ type: 'text', text: plainText }], isError: false };
const initialized = {
  protocolVersion: '2025-06-18',
  capabilities: { tools: {}, logging: {} },
  serverInfo: { name: 'bench', version: '1' },
};
const SSE = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };

const streams = new Set<ServerResponse>();

const server = createServer(async (request, response) => {
  if (request.method === 'GET') return listen(response);
  if (request.method === 'DELETE') return response.writeHead(200).end();
  const { id, method, params } = JSON.parse(await read(request));
  if (id === undefined) return response.writeHead(202).end();
  if (params?.name === 'list_slowly') return stream(response, id);
  const called = params?.name === 'list_plain' ? plain : result;
  const answer = method === 'initialize' ? initialized : called;
  const body = JSON.stringify({ jsonrpc: '2.0', id, result: answer });
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(method === 'initialize' ? { 'mcp-session-id': randomUUID() } : {}),
  });
  response.end(body);
});

function listen(response: ServerResponse): void {
  response.writeHead(200, SSE).flushHeaders();
  streams.add(response);
  response.once('close', () => streams.delete(response));
}

/** Progress at once, and the result as soon as it has left. */
function stream(response: ServerResponse, id: unknown): void {
  response.writeHead(200, SSE);
  const params = { progressToken: 'p', progress: 1, total: 2 };
  response.write(event({ jsonrpc: '2.0', method: 'notifications/progress', params }), () => {
    response.end(event({ jsonrpc: '2.0', id, result }));
  });
}

function event(message: object): string {
  return `data: ${JSON.stringify(message)}\n\n`;
}

/** Ten times a second, a tenth of the streams at a time. */
function notify(): void {
  let turn = 0;
  setInterval(
    () => {
      turn = (turn + 1) % 10;
      const data = { at: performance.timeOrigin + performance.now() };
      const params = { level: 'info', data };
      const said = event({ jsonrpc: '2.0', method: 'notifications/message', params });
      let index = 0;
      for (const response of streams) if (index++ % 10 === turn) response.write(said);
    },
    Number(process.env.BENCH_TICK ?? 10),
  );
}

process.on('message', (question) => {
  if (question === 'notify') notify();
  process.send?.({ streams: streams.size });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) {
    process.send?.({ url: `http://127.0.0.1:${address.port}/mcp` });
  }
});
