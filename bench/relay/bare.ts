import Fastify from 'fastify';
import { Pool } from 'undici';
import { cpu } from './cpu.ts';

// What a proxy costs that does nothing: fastify in front, undici behind, a body in and a body out.

const { pathname, origin } = new URL(process.argv[2] ?? '');
const pool = new Pool(origin);
const app = Fastify({ logger: false });
app.removeAllContentTypeParsers();
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
  done(null, body);
});
app.post('/mcp', async (request, reply) => {
  const { statusCode, headers, body } = await pool.request({
    method: 'POST',
    path: pathname,
    headers: { 'content-type': 'application/json', accept: String(request.headers.accept) },
    body: request.body as Buffer,
  });
  reply.code(statusCode).header('content-type', headers['content-type']);
  if (headers['content-type'] === 'text/event-stream') return reply.send(body);
  return reply.send(Buffer.from(await body.arrayBuffer()));
});
process.on('message', () => process.send?.(cpu()));
process.on('SIGTERM', () => process.exit());
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ url: `${url}/mcp` });
