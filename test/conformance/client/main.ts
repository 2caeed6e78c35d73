import { SuiteProxy } from '../suite-proxy.ts';
import { sessionPlays } from './session-client.ts';
import { statelessPlays } from './stateless-client.ts';

// A client under test: the suite starts it with the URL of a scenario's server as last argument. With --gate a gate
// stands between the two.

const url = process.argv.at(-1) ?? '';
const scenario = process.env.MCP_CONFORMANCE_SCENARIO ?? '';
const isStateless =
  process.env.MCP_CONFORMANCE_PROTOCOL_VERSION === '2026-07-28' || scenario.startsWith('sep-2640');
const play = (isStateless ? statelessPlays : sessionPlays)[scenario];
if (!play) throw new Error(`no client plays the scenario "${scenario}"`);

const proxy = await SuiteProxy.start();
const gated = process.argv.includes('--gate') ? await import('../gated.ts') : undefined;
const gate = await gated?.gateBefore({ scenario: { url } }, [proxy]);
try {
  const at = gate && (await gated?.through(gate, 'scenario', proxy));
  await play(at ?? proxy.forward(url));
} finally {
  await proxy.stop();
  await gate?.stop();
}
