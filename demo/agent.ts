import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CallToolResultSchema, McpError } from '@modelcontextprotocol/sdk/types.js';

/** What a tool call came to, for whoever called. */
export interface Answer {
  /** All text that the agent gets to read. */
  readonly text: string;
  readonly isError: boolean;
  /** The rule that refused it, if one did and may be known. */
  readonly rule?: string | undefined;
  /** Everything that came over the wire. */
  readonly raw: string;
}

/** An agent with the official SDK, connected to one MCP server. */
export class Agent {
  readonly #client: Client;
  readonly #transport: StreamableHTTPClientTransport;

  private constructor(client: Client, transport: StreamableHTTPClientTransport) {
    this.#client = client;
    this.#transport = transport;
  }

  static async connect(name: string, url: string, token?: string): Promise<Agent> {
    const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
    const client = new Client({ name, version: '1.0.0' });
    // The SDK's own types disagree under exactOptionalPropertyTypes.
    await client.connect(transport as Parameters<Client['connect']>[0]);
    return new Agent(client, transport);
  }

  /** The MCP session, which stays the same for as long as the agent does not reconnect. */
  get session(): string | undefined {
    return this.#transport.sessionId;
  }

  async tools(): Promise<readonly string[]> {
    const { tools } = await this.#client.listTools();
    return tools.map(({ name }) => name);
  }

  async call(name: string, args: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    try {
      const answer = await this.#client.callTool({ name, arguments: args });
      const { content, isError = false, _meta } = CallToolResultSchema.parse(answer);
      const text = content.map((item) => (item.type === 'text' ? item.text : `(${item.type})`));
      const rule = ruleOf(_meta?.['dev.sallyport/decision']);
      return { text: text.join('\n'), isError, rule, raw: JSON.stringify(answer) };
    } catch (error) {
      if (!(error instanceof McpError)) throw error;
      const { message: text, data } = error;
      return { text, isError: true, raw: JSON.stringify({ text, data }) };
    }
  }

  async close(): Promise<void> {
    await this.#transport.terminateSession();
    await this.#client.close();
  }
}

function ruleOf(decision: unknown): string | undefined {
  if (typeof decision !== 'object' || decision === null || !('rule' in decision)) return undefined;
  return typeof decision.rule === 'string' ? decision.rule : undefined;
}
