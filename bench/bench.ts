import { approvals } from './approvals/approvals.ts';
import { mask } from './mask/mask.ts';
import { policy } from './policy/policy.ts';
import { record } from './record/record.ts';
import { relay } from './relay/relay.ts';
import { streams } from './relay/streams.ts';

// npm run bench [-- NAME…]: prints ratios that were measured side by side; with no name, all of them.

const benches = { relay, streams, policy, mask, approvals, record } as const;

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`no bench ${unknown.join(', ')}; known: ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
for (const [name, run] of Object.entries(benches)) {
  if (names.length === 0 || names.includes(name)) await run();
}
