import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { type ClientCapabilities, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

/** What a client does in one scenario of the suite. */
export type Play = (url: string) => Promise<void>;

async function connected(
  url: string,
  capabilities: ClientCapabilities,
  use: (client: Client) => Promise<unknown>,
  prepare?: (client: Client) => void,
): Promise<void> {
  const client = new Client({ name: 'conformance-client', version: '1' }, { capabilities });
  prepare?.(client);
  const transport = new StreamableHTTPClientTransport(new URL(url));
  // The SDK's own types disagree under exactOptionalPropertyTypes.
  await client.connect(transport as Parameters<Client['connect']>[0]);
  try {
    await use(client);
  } finally {
    await client.close();
  }
}

/** A client on SDK v1, by scenario (session era). */
export const sessionPlays: Readonly<Record<string, Play>> = {
  initialize: (url) => connected(url, {}, (client) => client.listTools()),
  tools_call: (url) =>
    connected(url, {}, async (client) => {
      await client.listTools();
      await client.callTool({ name: 'add_numbers', arguments: { a: 5, b: 3 } });
    }),
  'elicitation-sep1034-client-defaults': (url) =>
    connected(
      url,
      { elicitation: { form: { applyDefaults: true } } },
      async (client) => {
        await client.listTools();
        await client.callTool({ name: 'test_client_elicitation_defaults', arguments: {} });
      },
      // The SDK fills in the defaults.
      (client) =>
        client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: {} })),
    ),
  'sse-retry': (url) =>
    connected(url, {}, async (client) => {
      await client.listTools();
      await client.callTool({ name: 'test_reconnection', arguments: {} });
    }),
  'json-schema-2020-12-preservation': (url) =>
    connected(url, {}, async (client) => {
      const { tools } = await client.listTools();
      const schema = tools.find(({ name }) => name === 'json_schema_2020_12_tool')?.inputSchema;
      await client.callTool({ name: 'json_schema_echo', arguments: { schema } });
    }),
};
