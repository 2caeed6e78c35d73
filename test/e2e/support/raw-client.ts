import { randomUUID } from 'node:crypto';
import { type RunningGate, rawPost } from './gate.ts';

export type Headers = Readonly<Record<string, string | undefined>>;

/** A JSON-RPC answer, as far as these tests look into it. */
export interface Answer {
  readonly jsonrpc: string;
  readonly id: unknown;
  readonly result?: { readonly content?: readonly { readonly text: string }[] };
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: { readonly code?: string; readonly hint?: string };
  };
}

export const message = (method: string, params: object = {}, id: unknown = 1) =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });

export const call = (text: unknown, id: unknown = 1) =>
  message('tools/call', { name: 'echo', arguments: { text } }, id);

export const initialize = (id: unknown = 'init') =>
  message(
    'initialize',
    {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'raw', version: '1' },
    },
    id,
  );

/** A client that sends what it is told to, and nothing by itself. */
export class RawClient {
  readonly url: string;
  readonly token: string;
  session: string | undefined;

  constructor(url: string, token: string) {
    this.url = url;
    this.token = token;
  }

  /** A client with a session. */
  static async open(gate: RunningGate, user: string, upstream: string): Promise<RawClient> {
    const client = new RawClient(gate.endpoint(upstream), await gate.token(user, upstream));
    const response = await client.post(initialize());
    if (response.status !== 200) throw new Error(`initialize: ${await response.text()}`);
    await response.text();
    client.session = response.headers.get('mcp-session-id') ?? undefined;
    return client;
  }

  get headers(): Record<string, string> {
    return {
      authorization: `Bearer ${this.token}`,
      ...(this.session === undefined ? {} : { 'mcp-session-id': this.session }),
    };
  }

  post(body: string | Uint8Array, headers: Headers = {}, signal?: AbortSignal): Promise<Response> {
    return rawPost(this.url, body, { ...this.headers, ...headers }, signal);
  }

  send(method: string, headers: Headers = {}, body?: string): Promise<Response> {
    const all = Object.entries({ ...this.headers, ...headers });
    const given = all.filter((pair): pair is [string, string] => pair[1] !== undefined);
    return fetch(this.url, {
      ...{ method, headers: given },
      ...(body === undefined ? {} : { body }),
    });
  }

  /** The text that the echo tool answers. */
  async echo(text: string): Promise<string | undefined> {
    const answer = await answerOf(await this.post(call(text, randomUUID())));
    return answer.result?.content?.[0]?.text;
  }
}

/** The last message of a response, be it JSON or a stream. */
export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    return JSON.parse(text);
  }
  const last = text.trim().split('\n\n').at(-1) ?? '';
  return JSON.parse(last.replace(/^(?:id: .*\n)?data: /, ''));
}
