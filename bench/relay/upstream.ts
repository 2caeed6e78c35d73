import { createServer } from 'node:http';

// An upstream that costs next to nothing: what is measured is the way to it. It speaks just enough MCP.

/** A tool result of about 1 KB, with two things in it that a mask takes out. */
const text = `${'Orders of the week, for the review on Monday. '.repeat(16)}Contact: jane.doe@example.com, card 4111 1111 1111 1111.`;
const result = { content: [{ type: 'text', text }], isError: false };
const initialized = {
  protocolVersion: '2025-06-18',
  capabilities: { tools: {} },
  serverInfo: { name: 'bench', version: '1' },
};

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { id, method } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (id === undefined) return response.writeHead(202).end();
    const answer = method === 'initialize' ? initialized : result;
    const body = JSON.stringify({ jsonrpc: '2.0', id, result: answer });
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(method === 'initialize' ? { 'mcp-session-id': 'bench-session' } : {}),
    });
    response.end(body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) {
    process.send?.({ url: `http://127.0.0.1:${address.port}/mcp` });
  }
});
