import { devUsers } from '../auth/dev-user.ts';
import type { IssuerConfig } from '../config/schema.ts';
import { isLoopback } from '../model/loopback.ts';
import type { Log } from '../model/seams.ts';

/** A development issuer, and what a developer needs to use it. */
export interface DevAccess {
  readonly issuer: IssuerConfig;
  /** What to paste into clients of the gate at this URL. */
  instructions(gate: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts an issuer on loopback for the endpoints of these upstreams. */
export async function startDevAccess(upstreams: readonly string[], log: Log): Promise<DevAccess> {
  // Only development pays for loading a whole OpenID provider.
  const { startDevIssuer } = await import('../auth/dev-issuer.ts');
  const dev = await startDevIssuer({ users: devUsers, log, resources: isEndpoint });
  const issuer: IssuerConfig = {
    url: dev.url,
    algorithms: ['RS256', 'ES256'],
    groups_claim: 'groups',
    scopes_claim: 'scope',
    required_scopes: [],
    clock_tolerance: 5_000,
  };
  return {
    issuer,
    instructions: (gate) => instructions(gate, upstreams, dev.tokenFor),
    stop: () => dev.stop(),
  };
}

function isEndpoint(resource: string): boolean {
  if (!URL.canParse(resource)) return false;
  const { hostname, pathname } = new URL(resource);
  return isLoopback(hostname) && pathname.startsWith('/mcp/');
}

async function instructions(
  gate: string,
  upstreams: readonly string[],
  tokenFor: (user: string, resource: string) => Promise<string>,
): Promise<string> {
  const [first = ''] = devUsers.map(({ sub }) => sub);
  const servers = await Promise.all(
    upstreams.map(async (upstream) => {
      const url = `${gate}/mcp/${upstream}`;
      const authorization = `Bearer ${await tokenFor(first, url)}`;
      return [upstream, { type: 'http', url, headers: { Authorization: authorization } }] as const;
    }),
  );
  const users = devUsers.map(({ sub, groups }) => `${sub} (${groups.join(', ')})`).join(', ');
  const config = JSON.stringify({ mcpServers: Object.fromEntries(servers) }, null, 2);
  const adding = upstreams.map(
    (name) => `  claude mcp add --transport http ${name} ${gate}/mcp/${name}`,
  );
  return `
The gate listens on ${gate}. DEVELOPMENT ONLY: whoever reaches it may be any of ${users}.

Clients that log in by themselves need just the URL; choose a user in the browser:
${adding.join('\n')}

For others, such as Cursor or the SDK, as ${first}, for 12 hours (.mcp.json, .cursor/mcp.json):
${config}

What happens:  sallyport transcripts follow
`;
}
