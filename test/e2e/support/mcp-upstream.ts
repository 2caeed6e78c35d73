import type { ServerResponse } from 'node:http';
import {
  type Handler,
  HttpUpstream,
  json,
  type Received,
} from '../../transport/fixtures/http-upstream.ts';

/** What the upstream calls its sessions; clients must never see it. */
export const UPSTREAM_SESSION = 'upstream-session-3f9d2c';

/** An MCP server that answers every request, unless a test has it answer otherwise. */
export const mcpHandler: Handler = (response, { method, body }, id) => {
  if (method === 'GET') return void response.writeHead(405).end();
  if (method === 'DELETE') return void response.writeHead(200).end();
  if (id === undefined || !body.includes('"method"')) return void response.writeHead(202).end();
  const message = JSON.parse(body);
  const answer = JSON.stringify({ jsonrpc: '2.0', id, result: resultOf(message) });
  const opens = message.method === 'initialize';
  json(response, answer, 200, opens ? { 'mcp-session-id': UPSTREAM_SESSION } : {});
};

interface Asked {
  readonly method?: string;
  readonly params?: {
    readonly protocolVersion?: string;
    readonly arguments?: { readonly text?: unknown };
  };
}

function resultOf({ method, params }: Asked): object {
  if (method === 'initialize') {
    const serverInfo = { name: 'recording', version: '1' };
    return { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo };
  }
  if (method !== 'tools/call') return {};
  return { content: [{ type: 'text', text: String(params?.arguments?.text) }] };
}

export const startMcpUpstream = () => HttpUpstream.start(mcpHandler);

/** Answers requests that hold a text in another way than an MCP server would. */
export function instead(text: string, answer: (response: ServerResponse, id: unknown) => void) {
  return (response: ServerResponse, received: Received, id: unknown): void => {
    if (received.body.includes(text)) answer(response, id);
    else mcpHandler(response, received, id);
  };
}
