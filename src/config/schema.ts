import { isIP } from 'node:net';
import * as z from 'zod';
import { adminSchema, checkAdmin } from './schema/admin-schema.ts';
import { analyzersSchema } from './schema/analyzers-schema.ts';
import { approvalsSchema } from './schema/approvals-schema.ts';
import { countersSchema } from './schema/counters-schema.ts';
import { issuerSchema } from './schema/issuer-schema.ts';
import { maskingSchema } from './schema/masking-schema.ts';
import { pinModeSchema, pinsSchema } from './schema/pins-schema.ts';
import { policiesSchema } from './schema/policies-schema.ts';
import { count, duration, httpUrl, size, span, tls } from './schema/schema-values.ts';
import { transcriptsSchema } from './schema/transcripts-schema.ts';

// The configuration file. A key's description is its documentation: `sallyport init` and the JSON Schema show it.

const addressRange = z.string().refine(isAddressRange, {
  error: 'must be an address or a CIDR range, such as 10.0.0.0/8',
});

/** Bytes from which on an answer is compressed, unless told otherwise. */
const COMPRESSED = 1_024;
const compression = z
  .union([z.boolean(), z.strictObject({ min: size })], {
    error: 'must be true, false, or the smallest size, such as { min: 4KiB }',
  })
  .transform((given) => {
    if (given === false) return undefined;
    return given === true ? { min: COMPRESSED } : given;
  });

const listen = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Address to bind.'),
  port: z.int().min(0).max(65_535).default(7411).describe('Port to bind; 0 takes a free one.'),
  tls: tls.optional().describe('Left out: cleartext. Changed files are taken over while running.'),
  compression: compression
    .prefault(true)
    .describe(
      'Compress JSON answers from 1KiB and streams of calls for clients that ask; `{ min: SIZE }` sets another size.',
    ),
  trusted_proxies: z
    .array(addressRange)
    .default([])
    .describe('Addresses (CIDR) of proxies whose X-Forwarded-For tells the client address.'),
});

const secretMap = z.record(z.string(), z.string());

const timeout = span.prefault('55s').describe('Longest silence while a call waits for an answer.');
const era = z
  .enum(['auto', 'session', 'stateless'])
  .default('auto')
  .describe(
    'What it speaks: `session` (up to 2025-11-25), `stateless` (2026-07-28), or `auto`: it is asked. Clients of the other era are translated for.',
  );
const idle = span.prefault('30m').describe('A session unused for so long is ended.');
const pins = pinModeSchema
  .optional()
  .describe('How its tools are pinned; left out: as `pins.mode` says.');

const upstream = z.union(
  [
    z.strictObject({
      url: httpUrl.describe('Endpoint of the server.'),
      transport: z
        .enum(['streamable-http', 'sse'])
        .default('streamable-http')
        .describe('`sse` is the HTTP+SSE of 2024-11-05.'),
      era,
      headers: secretMap
        .default({})
        .describe('Headers for every request; `env:NAME` reads a variable.'),
      timeout,
      idle,
      pins,
    }),
    z.strictObject({
      command: z
        .array(z.string().min(1))
        .min(1)
        .describe('Program and arguments; one process per session.'),
      era,
      cwd: z
        .string()
        .optional()
        .describe('Working directory; left out: that of the configuration file.'),
      env: secretMap.default({}).describe('Environment; `env:NAME` passes a variable on.'),
      timeout,
      processes: count
        .default(100)
        .describe(
          'Most processes at a time: one for each session, and for each caller in the stateless era.',
        ),
      idle,
      pins,
    }),
  ],
  { error: 'needs either a url (Streamable HTTP) or a command (stdio), with their own keys' },
);

const union = z.strictObject({
  separator: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,8}$/, { error: 'must be 1 to 8 letters, digits, _ . -' })
    .default('__')
    .describe('Stands between the prefix of an upstream and the name of a tool or prompt.'),
  prefixes: z
    .record(
      z.string(),
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/, {
        error: 'must be 1 to 32 letters, digits, _ . -',
      }),
    )
    .default({})
    .describe('Prefixes of upstreams by name; left out: the name itself.'),
});

/** The prefix of each upstream at /mcp. */
export function prefixesOf(config: Pick<Config, 'upstreams' | 'union'>): Map<string, string> {
  const { upstreams, union } = config;
  const given = (name: string) =>
    Object.hasOwn(union.prefixes, name) ? union.prefixes[name] : undefined;
  return new Map(Object.keys(upstreams).map((name) => [name, given(name) ?? name]));
}

const UPSTREAM_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** The configuration file as a whole. */
export const configSchema = z
  .strictObject({
    listen: listen.prefault({}).describe('Where clients connect.'),
    public_url: httpUrl
      .optional()
      .describe('The URL under which clients know the gate; left out: what it listens on.'),
    allowed_origins: z
      .array(z.string())
      .default([])
      .describe('Origins of browser clients. Requests without Origin always pass this check.'),
    allowed_hosts: z
      .array(z.string())
      .default([])
      .describe('Further Host headers, beside loopback names and that of public_url.'),
    issuers: z.array(issuerSchema).default([]).describe('OIDC issuers whose tokens are accepted.'),
    upstreams: z
      .record(
        z.string().regex(UPSTREAM_NAME, { error: 'must be lower-case letters, digits, . _ -' }),
        upstream,
      )
      .describe('MCP servers by name; /mcp/NAME leads to each.'),
    union: union.prefault({}).describe('All upstreams of a caller as one server, at /mcp.'),
    policies: policiesSchema.describe(
      'Where policies come from; changes are taken over while running.',
    ),
    pins: pinsSchema
      .prefault({})
      .describe('Definitions of tools that were accepted, and what becomes of others.'),
    analyzers: analyzersSchema
      .prefault({})
      .describe('Services outside that find sensitive data for masks.'),
    masking: maskingSchema
      .prefault({})
      .describe('The key of digests and tokens, and where it is kept what tokens stand for.'),
    admin: adminSchema.optional().describe('The admin API; left out: there is none.'),
    transcripts: transcriptsSchema.prefault({}).describe('The record of every exchange.'),
    approvals: approvalsSchema
      .prefault({})
      .describe('Calls that wait for people, and how those are told.'),
    counters: countersSchema
      .prefault({})
      .describe('Where the calls that limits of rules bound are counted.'),
    limits: z
      .strictObject({
        message: size.prefault('4MiB').describe('Largest message, either way.'),
        depth: z.int().positive().max(512).default(64).describe('Deepest nesting of a message.'),
        calls: count.default(4_096).describe('Most calls under way at a time.'),
        caller_calls: count
          .default(1_024)
          .describe('Most calls of one caller under way at a time.'),
        session_calls: count
          .default(512)
          .describe('Most calls under way at a time in one session.'),
        session_streams: count.default(16).describe('Most GET streams at a time in one session.'),
        caller_sessions: count.default(1_000).describe('Most sessions of one caller at a time.'),
        sessions: count.default(10_000).describe('Most sessions at a time.'),
      })
      .prefault({})
      .describe('Bounds on what callers can make the gate hold.'),
    sessions: z
      .strictObject({
        key: z
          .string()
          .min(32, { error: 'must have at least 32 characters' })
          .optional()
          .describe(
            'Secret that seals session ids; left out: a new one at each start, so that a restart ends all sessions.',
          ),
        idle: span
          .prefault('30m')
          .describe('A session unused for so long is ended at its upstream.'),
        lifetime: span.prefault('7d').describe('No session lives longer.'),
      })
      .prefault({})
      .describe('Sessions of callers.'),
    log: z
      .strictObject({
        level: z
          .enum(['debug', 'info', 'warn', 'error'])
          .default('info')
          .describe('Least weight to log.'),
      })
      .prefault({})
      .describe('The log: JSON lines on standard error.'),
    shutdown: z
      .strictObject({
        drain: duration.prefault('10s').describe('How long running calls may go on after SIGTERM.'),
      })
      .prefault({})
      .describe('How the gate stops.'),
  })
  .superRefine((config, context) => {
    checkUnion(config, context);
    checkAdmin(config, context);
  });

export type Config = z.output<typeof configSchema>;
export type IssuerConfig = Config['issuers'][number];
export type UpstreamConfig = Config['upstreams'][string];
export type PoliciesConfig = Config['policies'];
export type ApprovalsConfig = Config['approvals'];
export type AdminConfig = NonNullable<Config['admin']>;

/** Names of the union must lead back to one upstream each. */
function checkUnion(config: Pick<Config, 'upstreams' | 'union'>, context: z.RefinementCtx): void {
  const { upstreams, union } = config;
  const complain = (name: string, message: string) => {
    const path = Object.hasOwn(union.prefixes, name)
      ? ['union', 'prefixes', name]
      : ['upstreams', name];
    context.addIssue({ code: 'custom', path, message });
  };
  for (const name of Object.keys(union.prefixes)) {
    if (!Object.hasOwn(upstreams, name)) complain(name, `there is no upstream "${name}"`);
  }
  const seen = new Map<string, string>();
  for (const [name, prefix] of prefixesOf(config)) {
    if (`${prefix}${union.separator}`.indexOf(union.separator) !== prefix.length) {
      const how = 'give it another in union.prefixes';
      complain(name, `the prefix "${prefix}" runs into the separator of names at /mcp; ${how}`);
    }
    const other = seen.get(prefix);
    if (other !== undefined) complain(name, `"${other}" has the prefix "${prefix}" as well`);
    seen.set(prefix, name);
  }
}

function isAddressRange(text: string): boolean {
  const [address = '', bits = '1', ...more] = text.split('/');
  const most = { 4: 32, 6: 128 }[isIP(address)];
  if (most === undefined || more.length > 0) return false;
  return /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= most;
}
