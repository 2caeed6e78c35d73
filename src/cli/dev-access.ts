import { devUsers } from '../auth/dev-user.ts';
import type { AdminConfig, Config, IssuerConfig } from '../config/schema.ts';
import { isLoopback } from '../model/loopback.ts';
import type { Log } from '../model/seams.ts';

/** A development issuer, and what a developer needs to use it. */
export interface DevAccess {
  readonly issuer: IssuerConfig;
  /** A configuration where the issuer's tokens are accepted, and people log in there. */
  configured(config: Config): Config;
  /** What to paste into clients of the gate, and into a shell for its admin API. */
  instructions(place: GatePlace): Promise<string>;
  stop(): Promise<void>;
}

/** Where a gate is, and how to call sallyport with its configuration. */
export interface GatePlace {
  readonly gate: string;
  /** The admin API, where there is one. */
  readonly admin?: string | undefined;
  /** People can log in at it. */
  readonly pages: boolean;
  /** How sallyport is called, with the configuration in use; VERB stands for the verb. */
  readonly command: string;
}

/** Starts an issuer on loopback for the endpoints of these upstreams. */
export async function startDevAccess(upstreams: readonly string[], log: Log): Promise<DevAccess> {
  // Only development pays for loading a whole OpenID provider.
  const { startDevIssuer } = await import('../auth/dev-issuer.ts');
  const { DEV_LOGIN_CLIENT } = await import('../auth/dev-provider.ts');
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
    configured: (config) => configured(config, issuer, DEV_LOGIN_CLIENT),
    instructions: (place) => instructions({ ...place, upstreams }, dev.tokenFor),
    stop: () => dev.stop(),
  };
}

function configured(config: Config, issuer: IssuerConfig, clientId: string): Config {
  const issuers = [...config.issuers, issuer];
  const { admin } = config;
  // Where the admin API has issuers of its own, this is none of them; nor is a login changed that there is.
  if (!admin || admin.issuers.length > 0 || admin.login) return { ...config, issuers };
  const login: NonNullable<AdminConfig['login']> = {
    ...{ issuer: issuer.url, client_id: clientId, scopes: ['openid', 'email', 'groups'] },
    lifetime: 12 * 3_600_000,
  };
  return { ...config, issuers, admin: { ...admin, login } };
}

function isEndpoint(resource: string): boolean {
  if (!URL.canParse(resource)) return false;
  const { hostname, pathname } = new URL(resource);
  return isLoopback(hostname) && /^\/(?:mcp|sse|v1)(?:\/|$)/.test(pathname);
}

interface Situation extends GatePlace {
  readonly upstreams: readonly string[];
}

async function instructions(
  { gate, admin, pages, command, upstreams }: Situation,
  tokenFor: (user: string, resource: string) => Promise<string>,
): Promise<string> {
  const people = devUsers.map(({ sub, groups }) => `${sub} (${groups.join(', ')})`).join(', ');
  // Whoever has no scope decides about calls, and makes none.
  const callers = devUsers.filter(({ scopes }) => scopes.length > 0);
  const adding = upstreams.map(
    (name) => `  claude mcp add --transport http ${name} ${gate}/mcp/${name}`,
  );
  adding.push(`  claude mcp add --transport http all ${gate}/mcp`);
  const pastes = await Promise.all(
    callers.map(
      async ({ sub }) => `As ${sub}:\n${await clientConfig(sub, gate, upstreams, tokenFor)}`,
    ),
  );
  return `
The gate listens on ${gate}. DEVELOPMENT ONLY: whoever reaches it may be any of ${people}.

Clients that log in by themselves need just the URL; choose who you are in the browser:
${adding.join('\n')}

For others, such as Cursor or the SDK (.mcp.json, .cursor/mcp.json), until this process ends, 12 hours at most:
${pastes.join('\n')}
${admin === undefined ? '' : await adminTokens(admin, tokenFor)}${pages ? pagesText(admin) : ''}
What happens:  ${command.replace('VERB', 'transcripts follow')}
`;
}

/** What to put into a shell for "push" and "policies"; `admin.roles` says what each may do. */
async function adminTokens(
  admin: string,
  tokenFor: (user: string, resource: string) => Promise<string>,
): Promise<string> {
  const lines = await Promise.all(
    devUsers.map(async ({ sub }) => {
      return `  export SALLYPORT_TOKEN=${await tokenFor(sub, `${admin}/v1`)}   # ${sub}`;
    }),
  );
  return `
The admin API listens on ${admin}, for "push", "policies" and "approvals" with --to ${admin}:
${lines.join('\n')}
`;
}

function pagesText(admin: string | undefined): string {
  return `
Calls that wait for a yes, to decide in a browser: ${admin}/approvals
`;
}

/** What clients take as their list of servers. */
async function clientConfig(
  user: string,
  gate: string,
  upstreams: readonly string[],
  tokenFor: (user: string, resource: string) => Promise<string>,
): Promise<string> {
  const servers = await Promise.all(
    upstreams.map(async (upstream) => {
      const url = `${gate}/mcp/${upstream}`;
      const authorization = `Bearer ${await tokenFor(user, url)}`;
      return [upstream, { type: 'http', url, headers: { Authorization: authorization } }] as const;
    }),
  );
  return JSON.stringify({ mcpServers: Object.fromEntries(servers) }, null, 2);
}
