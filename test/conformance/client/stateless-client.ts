import {
  Client,
  type ClientCapabilities,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { SkillsClient, SkillVerificationError } from '@modelcontextprotocol/client/ext/skills';
import type { Play } from './session-client.ts';

async function connected(
  url: string,
  capabilities: ClientCapabilities,
  use: (client: Client) => Promise<unknown>,
  prepare?: (client: Client) => void,
): Promise<void> {
  const client = new Client(
    { name: 'conformance-client', version: '1' },
    { capabilities, versionNegotiation: { mode: 'auto' } },
  );
  prepare?.(client);
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  try {
    await use(client);
  } finally {
    await client.close();
  }
}

/** Reads a skill as a host does that refuses what is not as it was listed. */
const verifySkill: Play = (url) =>
  connected(url, {}, async (client) => {
    const skills = new SkillsClient(client);
    const { skills: listed } = await skills.list();
    try {
      for (const skill of listed) {
        await skills.read(skill);
        await skills.read(skill, 'references/FORMS.md');
      }
    } catch (error) {
      if (!(error instanceof SkillVerificationError)) throw error;
    }
  });

interface ToolCall {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}

/** Calls that a scenario wants to be made. */
function wantedCalls(): readonly ToolCall[] {
  const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');
  return (context as { toolCalls?: ToolCall[] }).toolCalls ?? [];
}

/** A client on SDK v2, by scenario (2026-07-28). */
export const statelessPlays: Readonly<Record<string, Play>> = {
  tools_call: (url) =>
    connected(url, {}, async (client) => {
      await client.listTools();
      await client.callTool({ name: 'add_numbers', arguments: { a: 5, b: 3 } });
    }),
  'request-metadata': (url) => {
    const all = { roots: { listChanged: true }, sampling: {}, elicitation: {} };
    return connected(url, all, async () => undefined);
  },
  'sep-2322-client-request-state': (url) =>
    connected(
      url,
      { elicitation: {} },
      async (client) => {
        for (const name of ['test_mrtr_echo_state', 'test_mrtr_no_state', 'test_mrtr_unrelated']) {
          await client.callTool({ name, arguments: {} });
        }
        // A result without resultType is none in this revision: the SDK refuses it, as it should.
        await client
          .callTool({ name: 'test_mrtr_no_result_type', arguments: {} })
          .catch(() => undefined);
      },
      (client) =>
        client.setRequestHandler('elicitation/create', () => ({
          ...{ action: 'accept', content: { confirmed: true } },
        })),
    ),
  'http-standard-headers': (url) =>
    connected(url, {}, async (client) => {
      const [tool] = (await client.listTools()).tools;
      if (tool) await client.callTool({ name: tool.name, arguments: {} });
      const [resource] = (await client.listResources()).resources;
      if (resource) await client.readResource({ uri: resource.uri });
      const [prompt] = (await client.listPrompts()).prompts;
      if (prompt) await client.getPrompt({ name: prompt.name, arguments: {} });
    }),
  'http-custom-headers': (url) =>
    connected(url, {}, async (client) => {
      await client.listTools();
      for (const call of wantedCalls()) await client.callTool(call);
    }),
  'http-invalid-tool-headers': (url) =>
    connected(url, {}, async (client) => {
      const { tools } = await client.listTools();
      for (const { name } of tools) {
        await client.callTool({ name, arguments: { region: 'us-west1' } }).catch(() => undefined);
      }
    }),
  'json-schema-ref-no-deref': (url) => connected(url, {}, (client) => client.listTools()),
  'json-schema-2020-12-preservation': (url) =>
    connected(url, {}, async (client) => {
      const { tools } = await client.listTools();
      const schema = tools.find(({ name }) => name === 'json_schema_2020_12_tool')?.inputSchema;
      await client.callTool({ name: 'json_schema_echo', arguments: { schema } });
    }),
  'sep-2640-client-no-prefetch': (url) =>
    connected(url, {}, (client) => new SkillsClient(client).list()),
  'sep-2640-client-verify-digest': verifySkill,
  'sep-2640-client-verify-size': verifySkill,
  'sep-2640-client-verify-frontmatter': verifySkill,
};
