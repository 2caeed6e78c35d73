import type { IncomingMessage, ServerResponse } from 'node:http';
import { headers } from '../../protocol/headers.ts';

const ALLOWED = ['authorization', 'content-type', ...Object.values(headers)].join(', ');
const EXPOSED = [headers.session, headers.version, 'www-authenticate', 'retry-after'].join(', ');

/**
 * Tells a browser that its origin, already checked, may call (Fetch, section 3.2). True where the request was only a
 * preflight, and is answered.
 */
export function cors(request: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return false;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', EXPOSED);
  response.setHeader('vary', 'Origin');
  if (request.method !== 'OPTIONS') return false;
  response
    .writeHead(204, {
      'access-control-allow-methods': 'GET, POST, DELETE',
      'access-control-allow-headers': ALLOWED,
      'access-control-max-age': '600',
    })
    .end();
  return true;
}
