import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import { connect } from './fixtures/agent.ts';
import { Upstream } from './fixtures/upstream.ts';
import { VisitorV2 } from './fixtures/visitor-v2.ts';
import { type RunningGate, startGate } from './support/gate.ts';

const policies = `apiVersion: sallyport/v1
rules:
  - id: all
    on: { tools: ['*'], methods: ['**'] }
    then: allow
  - id: personal
    mask:
      - { find: email }
      - { path: 'structuredContent.people[*].salary' }
`;
const person = z.object({ mail: z.email(), salary: z.number().positive(), since: z.string() });

function server(): McpServer {
  const mcp = new McpServer({ name: 'people', version: '1' });
  const outputSchema = { people: z.array(person) };
  mcp.registerTool('people', { outputSchema }, () => {
    const people = [{ mail: 'ana@example.com', salary: 4200, since: '2020' }];
    return {
      content: [{ type: 'text', text: JSON.stringify({ people }) }],
      structuredContent: { people },
    };
  });
  return mcp;
}

let upstream: Upstream;
let gate: RunningGate;
beforeEach(async () => {
  upstream = await Upstream.start(server);
  gate = await startGate({ upstreams: { own: { url: upstream.url } }, policies });
});
afterEach(async () => {
  await gate.stop();
  await upstream.stop();
});

type Result = { structuredContent?: unknown; content?: unknown };

// Each of these clients checks structured content against the schema that it was told, and throws where it doesn't fit.
const clients: readonly (readonly [string, () => Promise<Result>])[] = [
  [
    'the SDK, v1',
    async () => {
      const { client } = await connect(gate.endpoint('own'), {
        token: await gate.token('ana', 'own'),
      });
      await client.listTools();
      const result = await client.callTool({ name: 'people' });
      await client.close();
      return result as Result;
    },
  ],
  ...(['legacy', 'auto', { pin: '2026-07-28' }] as const).map(
    (mode) =>
      [
        `the SDK, v2, ${JSON.stringify(mode)}`,
        async () => {
          const place = { url: gate.endpoint('own'), token: await gate.token('ana', 'own') };
          const visitor = await VisitorV2.overHttp(place, mode);
          await visitor.list('tools');
          const result = await visitor.call('people');
          await visitor.close();
          return result as Result;
        },
      ] as const,
  ),
];

it.each(clients)(
  '%s takes a masked result, which fits the schema of its tool',
  async (_name, call) => {
    const { structuredContent, content } = await call();
    expect(structuredContent).toEqual({
      people: [{ mail: 'redacted@redacted.invalid', salary: expect.any(Number), since: '2020' }],
    });
    expect(JSON.stringify([structuredContent, content])).not.toMatch(/ana@|4200/);
  },
);
