import {
  Client,
  SSEClientTransport,
  StreamableHTTPClientTransport,
  type VersionNegotiationMode,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import * as z from 'zod';
import { GateError } from '../../model/errors.ts';
import { isObject, type Json, type JsonObject, member } from '../../model/json.ts';
import { rpcCodes } from '../../protocol/jsonrpc.ts';
import { LATEST_STATELESS } from '../../protocol/revisions.ts';
import { paramHeaders, toolHeadersOf } from '../../protocol/tool-headers.ts';
import { childEnvironment } from '../../transport/stdio/environment.ts';
import { version } from '../../version.ts';
import type { McpAnswer, McpList } from './mcp-client-answer.ts';
import { mcpClientError, rpcErrorIn, shown, tooLarge } from './mcp-client-error.ts';
import { type ListKind, readPages } from './mcp-client-list.ts';
import { callerOffers, clientOffers, refuseQuestions } from './mcp-client-offers.ts';
import type { HttpPlace, McpPlace, StdioPlace } from './mcp-client-place.ts';

export interface McpClientOptions {
  /** Ends whatever is under way. */
  readonly signal: AbortSignal;
  /** Milliseconds that a request, or all pages of a list together, may take. Default: 30 s. */
  readonly timeout?: number;
  /** What it calls itself. Default: sallyport. */
  readonly name?: string;
  /** It makes calls, which may wait for people; otherwise it looks at lists. */
  readonly calls?: boolean;
}

const TIMEOUT = 30_000;
/** Some servers of the session era never answer what comes before `initialize`. */
const PROBE = 5_000;
const CLOSING = 2_000;
/** What a server may say at once, in bytes. */
const MAX_BYTES = 16 * 1_048_576;

// The SDK's own schemas drop what they do not know, and we want answers as they are.
const anything = z.custom<JsonObject>((value) => isObject(value as Json));

type HttpTransport = StreamableHTTPClientTransport | SSEClientTransport;
type Transport = HttpTransport | StdioClientTransport;

/** An MCP client for verbs, of either era, on the official SDK. It refuses what servers ask it. Close it when done. */
export class McpClient {
  readonly #client: Client;
  readonly #transport: Transport;
  readonly #timeout: number;
  readonly #authorized: boolean;
  readonly #broken = new AbortController();
  readonly #signal: AbortSignal;
  #stderr = '';

  private constructor(place: McpPlace, options: McpClientOptions) {
    this.#timeout = options.timeout ?? TIMEOUT;
    this.#signal = AbortSignal.any([options.signal, this.#broken.signal]);
    this.#authorized = 'url' in place && place.token !== undefined;
    this.#client = new Client(
      { name: options.name ?? 'sallyport', version: version() },
      {
        capabilities: options.calls ? callerOffers : clientOffers,
        versionNegotiation: {
          mode: modeOf(place),
          probe: { timeoutMs: Math.min(PROBE, this.#timeout) },
        },
      },
    );
    refuseQuestions(this.#client);
    this.#transport = 'command' in place ? this.#start(place) : this.#reach(place);
  }

  /**
   * Connects with a server.
   *
   * @throws GateError UPSTREAM_UNREACHABLE, UPSTREAM_TIMEOUT, UPSTREAM_INVALID, UPSTREAM_STATUS, UPSTREAM_BUSY,
   *   UPSTREAM_RATE_LIMIT, UPSTREAM_ENDED; AUTH_TOKEN_MISSING, AUTH_TOKEN_INVALID; FRAME_TOO_LARGE; CLIENT_GONE
   *   when the signal ends it
   */
  static async connect(place: McpPlace, options: McpClientOptions): Promise<McpClient> {
    const made = new McpClient(place, options);
    try {
      const most = Math.min(TIMEOUT, made.#timeout);
      await made.#run((request) => made.#client.connect(made.#transport, request), most);
      return made;
    } catch (error) {
      const known = made.#known(error);
      await made.close();
      throw known;
    }
  }

  /** The protocol revision that was agreed upon. */
  get protocol(): string | undefined {
    return this.#client.getNegotiatedProtocolVersion();
  }

  /** True where the server says that it has things of a kind. */
  offers(kind: ListKind): boolean {
    const { tools, resources, prompts } = this.#client.getServerCapabilities() ?? {};
    const has = { tools, resources, resourceTemplates: resources, prompts };
    return has[kind] !== undefined;
  }

  /**
   * Everything of a kind, of every page, as the server sent it; nothing where the server says that it has none.
   *
   * @throws GateError as `connect` does; UPSTREAM_INVALID where there is no end of pages
   */
  async list(kind: ListKind): Promise<McpList> {
    if (!this.offers(kind)) return { items: [] };
    const until = performance.now() + this.#timeout;
    return readPages(kind, (method, params) => {
      const left = Math.max(1, Math.round(until - performance.now()));
      return this.#ask(method, params, {}, left);
    });
  }

  /**
   * Every tool of every page, as the server sent it.
   *
   * @throws GateError as `list` does; UPSTREAM_STATUS where the server refuses
   */
  async listTools(): Promise<readonly JsonObject[]> {
    const { items, error } = await this.list('tools');
    if (items) return items;
    const message = `the server answered error ${error.code}: ${shown(error.message)}`;
    throw new GateError('UPSTREAM_STATUS', message);
  }

  /**
   * Asks something, and gives the answer as the server sent it. What asks for input is an answer as well.
   *
   * @throws GateError as `connect` does; an answer that refuses is no error
   */
  request(method: string, params: JsonObject = {}): Promise<McpAnswer> {
    return this.#ask(method, params);
  }

  /**
   * Calls one tool. A stateless server may want arguments in headers as well, which only its list of tools tells.
   *
   * @param requestState what the server has said before, for it to go on
   * @throws GateError as `connect` does; an answer that refuses is no error
   */
  async callTool(name: string, args: JsonObject, requestState?: string): Promise<McpAnswer> {
    const params = {
      name,
      arguments: args,
      ...(requestState === undefined ? {} : { requestState }),
    };
    const answer = await this.#ask('tools/call', params);
    const lacks = answer.error?.code === rpcCodes.headerMismatch;
    if (!lacks || this.#client.getProtocolEra() !== 'modern') return answer;
    const tool = (await this.listTools()).find((one) => member(one, 'name') === name);
    const { headers = [] } = toolHeadersOf(tool && member(tool, 'inputSchema'));
    const named = pairs(paramHeaders(headers, args));
    return Object.keys(named).length === 0 ? answer : this.#ask('tools/call', params, named);
  }

  /** Ends the session and the connection. Never rejects. */
  async close(): Promise<void> {
    const ended = this.#end().catch(() => undefined);
    const { promise, resolve } = Promise.withResolvers<void>();
    // A process gets the SDK's own steps of ending it, which come to an end by themselves.
    const timer =
      this.#transport instanceof StdioClientTransport ? undefined : setTimeout(resolve, CLOSING);
    await Promise.race([ended, promise]);
    clearTimeout(timer);
    await this.#client.close().catch(() => undefined);
  }

  async #end(): Promise<void> {
    const transport = this.#transport;
    if (transport instanceof StreamableHTTPClientTransport) {
      if (transport.sessionId !== undefined) await transport.terminateSession();
    }
    await transport.close();
  }

  async #ask(
    method: string,
    params: JsonObject,
    headers: Readonly<Record<string, string>> = {},
    timeout = this.#timeout,
  ): Promise<McpAnswer> {
    const request = { method, params: { ...params } };
    const own = { headers, allowInputRequired: true };
    try {
      const result = await this.#run(
        (options) => this.#client.request(request, anything, { ...options, ...own }),
        timeout,
      );
      return { result };
    } catch (error) {
      const refused = rpcErrorIn(error);
      if (!refused) throw this.#known(error);
      return { error: refused };
    }
  }

  /** The SDK's timeout is one of silence, and it waits on what is no request as well. */
  async #run<Value>(
    run: (options: { signal: AbortSignal; timeout: number }) => Promise<Value>,
    timeout: number,
  ): Promise<Value> {
    const deadline = AbortSignal.timeout(timeout);
    const signal = AbortSignal.any([this.#signal, deadline]);
    const { promise, reject } = Promise.withResolvers<never>();
    const stop = () => reject(deadline.aborted ? late() : this.#signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await Promise.race([run({ signal, timeout }), promise]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  #known(error: unknown): GateError {
    if (error instanceof GateError) return error;
    const { reason } = this.#signal;
    if (this.#signal.aborted) {
      return reason instanceof GateError ? reason : new GateError('CLIENT_GONE', 'interrupted');
    }
    const known = mcpClientError(error, this.#authorized);
    if (this.#stderr === '') return known;
    const hint = `it wrote: ${shown(this.#stderr)}`;
    return new GateError(known.code, known.message, { hint, cause: error });
  }

  #start({ command, cwd, env }: StdioPlace): StdioClientTransport {
    const [program = '', ...args] = command;
    const transport = new StdioClientTransport({
      ...{ command: program, args, cwd, env: childEnvironment(env) },
      ...{ stderr: 'pipe', maxBufferSize: MAX_BYTES },
    });
    transport.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-500);
    });
    return transport;
  }

  #reach(place: HttpPlace): HttpTransport {
    const url = new URL(place.url);
    const { token } = place;
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const requestInit = { headers: { ...place.headers, ...authorization } };
    const options = { requestInit, fetch: this.#fetch };
    return place.transport === 'sse'
      ? new SSEClientTransport(url, options)
      : new StreamableHTTPClientTransport(url, options);
  }

  /** Each answer has an end: a body that has none breaks the connection. */
  readonly #fetch = async (url: string | URL, init?: RequestInit): Promise<Response> => {
    const response = await fetch(url, init);
    if (!response.body) return response;
    let bytes = 0;
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        bytes += chunk.byteLength;
        if (bytes <= MAX_BYTES) return controller.enqueue(chunk);
        const error = tooLarge('an answer');
        controller.error(error);
        this.#broken.abort(error);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(counted), { status, statusText, headers });
  };
}

/** HTTP+SSE is older than the stateless era. */
function modeOf(place: McpPlace): VersionNegotiationMode {
  if ('transport' in place && place.transport === 'sse') return 'legacy';
  switch (place.era) {
    case 'session':
      return 'legacy';
    case 'stateless':
      return { pin: LATEST_STATELESS };
    default:
      return 'auto';
  }
}

/** Names and values in turn, as an object. */
function pairs(flat: readonly string[]): Record<string, string> {
  const found: [string, string][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) found.push([flat[at] ?? '', flat[at + 1] ?? '']);
  return Object.fromEntries(found);
}

function late(): GateError {
  return new GateError('UPSTREAM_TIMEOUT', 'the server did not answer in time');
}
