import * as z from 'zod';
import { isLoopback } from '../../model/loopback.ts';
import { issuerSchema } from './issuer-schema.ts';
import type { policiesSchema } from './policies-schema.ts';
import { httpUrl, issuerUrl, span, tls } from './schema-values.ts';

/** Whom a role is given to. */
const grantee = z.string().regex(/^(?:group|user):./s, {
  error: 'must be group:NAME or user:SUB',
});
const grantees = z.array(grantee).default([]);

/** The admin API. */
export const adminSchema = z.strictObject({
  listen: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1').describe('Address to bind.'),
      port: z.int().min(0).max(65_535).default(7412).describe('Port to bind; 0 takes a free one.'),
      tls: tls.optional().describe('Left out: cleartext.'),
    })
    .prefault({})
    .describe('Where the admin API is.'),
  public_url: httpUrl
    .optional()
    .describe('The URL under which it is known; left out: what it listens on.'),
  issuers: z
    .array(issuerSchema)
    .default([])
    .describe('Issuers whose tokens are accepted here; left out: those of the gate.'),
  login: z
    .strictObject({
      issuer: issuerUrl.describe('One of the issuers; people log in there.'),
      client_id: z.string().min(1).describe('The client that the gate is at the issuer.'),
      client_secret: z
        .string()
        .min(1)
        .optional()
        .describe('Its secret; `env:NAME`. Left out: a public client.'),
      scopes: z
        .array(z.string().min(1))
        .default(['openid', 'profile', 'email'])
        .describe('Scopes that bring what roles and rules go by.'),
      lifetime: span.prefault('8h').describe('How long a login lasts.'),
      key: z
        .string()
        .min(32, { error: 'must have at least 32 characters' })
        .optional()
        .describe(
          'Secret that seals logins; `env:NAME`. Left out: `sessions.key`, or a new one at each start.',
        ),
    })
    .optional()
    .describe('Pages for browsers, such as that of an approval; left out: there are none.'),
  roles: z
    .strictObject({
      admin: grantees.describe('Who may do everything: `group:NAME`, `user:SUB`.'),
      approver: grantees.describe(
        'Who may read approvals, and decide those whose rule names nobody.',
      ),
      auditor: grantees.describe(
        'Who may read transcripts, as masks leave them, beside policies, metrics and approvals.',
      ),
      publisher: grantees.describe('Who may read, push and roll back policies.'),
      viewer: grantees.describe('Who may read policies, metrics and approvals.'),
    })
    .prefault({})
    .describe('Who may do what.'),
});

interface Sections {
  readonly issuers: readonly { readonly url: string }[];
  readonly policies: z.output<typeof policiesSchema>;
  readonly admin?: z.output<typeof adminSchema> | undefined;
}

/** What is pushed needs a door to come in by, and a door beyond loopback needs a name that tokens can be meant for. */
export function checkAdmin(config: Sections, context: z.RefinementCtx): void {
  const { policies, admin } = config;
  const complain = (path: string[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  if ('pushed' in policies && !admin) {
    complain(['policies', 'pushed'], 'needs the admin API: set admin.roles, and whom they are for');
  }
  if (!admin) return;
  const issuers = admin.issuers.length > 0 ? admin.issuers : config.issuers;
  if (admin.login && !issuers.some(({ url }) => url === admin.login?.issuer)) {
    complain(['admin', 'login', 'issuer'], 'is none of the issuers whose tokens are accepted here');
  }
  if (Object.values(admin.roles).every((list) => list.length === 0)) {
    complain(['admin'], 'gives no role to anybody, so nobody could use it: set admin.roles');
  }
  if (!isLoopback(admin.listen.host) && admin.public_url === undefined) {
    complain(
      ['admin', 'listen'],
      'listens beyond loopback: set admin.public_url to what is called',
    );
  }
}
