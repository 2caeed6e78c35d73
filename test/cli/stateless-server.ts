import { type Handler, HttpUpstream, json } from '../transport/fixtures/http-upstream.ts';

/**
 * A server of the stateless era whose one tool wants its region in a header.
 *
 * @param called what it answers to calls instead, by their params
 */
export function statelessServer(
  called?: (params: Record<string, unknown>) => object,
): Promise<HttpUpstream> {
  const complete = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
  const inputSchema = {
    type: 'object',
    properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
  };
  const results: Record<string, object> = {
    'server/discover': {
      ...complete,
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {} },
      serverInfo: { name: 'it', version: '1' },
    },
    'tools/list': { ...complete, tools: [{ name: 'report', inputSchema }] },
    'tools/call': { ...complete, content: [{ type: 'text', text: 'done', own: 1 }] },
  };
  const handler: Handler = (response, { body, headers }, id) => {
    const { method, params } = JSON.parse(body);
    const own = method === 'tools/call' ? called?.(params) : undefined;
    const lacks = method === 'tools/call' && !called && headers['mcp-param-region'] === undefined;
    const error = { code: -32020, message: 'Mcp-Param-Region is missing' };
    const outcome = lacks ? { error } : { result: own ?? results[method] };
    json(response, JSON.stringify({ jsonrpc: '2.0', id, ...outcome }), lacks ? 400 : 200);
  };
  return HttpUpstream.start(handler);
}
