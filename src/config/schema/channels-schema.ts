import * as z from 'zod';
import { httpUrl, isSecureOrLoopback, span } from './schema-values.ts';

// Channels that tell people of approvals.

const secretUrl = httpUrl.refine(isSecureOrLoopback, {
  error: 'must be https:// (http:// is for loopback only)',
});
const timeout = span.prefault('10s').describe('How long the receiver may take to answer.');
const hookTimeout = span
  .prefault('10s')
  .describe('How long the receiver may take to answer; a whole send takes a minute at most.');

const webhook = z.strictObject({
  url: secretUrl.describe('Where it is sent: by POST.'),
  secret: z
    .string()
    .min(16, { error: 'must have at least 16 characters' })
    .optional()
    .describe('Signs each request (HMAC-SHA-256, header Sallyport-Signature); `env:NAME`.'),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .describe('Further headers; `env:NAME` reads a variable.'),
  template: z
    .union([z.enum(['teams', 'pagerduty']), z.strictObject({ file: z.string().min(1) })])
    .optional()
    .describe(
      'What is sent: `teams`, `pagerduty`, or `{ file: PATH }` of JSON with `{{placeholders}}`; left out: the approval itself.',
    ),
  routing_key: z
    .string()
    .min(1)
    .optional()
    .describe('Of PagerDuty, or for `{{routing_key}}` in a template of your own; `env:NAME`.'),
  timeout: hookTimeout,
});

/** Who a user of Slack is. */
const person = z.strictObject({
  sub: z.string().min(1).describe('Their `sub` at the issuer.'),
  issuer: z.string().min(1).optional().describe('The issuer; left out: any.'),
  email: z
    .string()
    .min(1)
    .optional()
    .describe('Their address; whoever has the same one is the same person.'),
  groups: z.array(z.string().min(1)).default([]).describe('Their groups, as rules name them.'),
});

const slack = z.strictObject({
  token: z
    .string()
    .min(1)
    .describe(
      'Bot token with chat:write; with channels:history (groups:history) its messages are found again after a restart; `env:NAME`.',
    ),
  channel: z.string().min(1).describe('Id of the channel, such as C024BE91L.'),
  signing_secret: z
    .string()
    .min(16)
    .optional()
    .describe('Of the app; left out: messages have a link and no buttons.'),
  api: secretUrl.prefault('https://slack.com/api').describe('Base of the Web API.'),
  users: z
    .record(z.string(), person)
    .default({})
    .describe('Who may press buttons: people by their Slack user id.'),
  timeout,
});

const email = z.strictObject({
  smtp: z
    .string()
    .regex(/^smtps?:\/\/./, { error: 'must be smtp://HOST:PORT or smtps://HOST:PORT' })
    .describe(
      'The mail server, `smtps://user:password@host`, or `smtp://host:587` with STARTTLS. `?cleartext=true` lets mail go unencrypted beyond loopback; `env:NAME`.',
    ),
  from: z.string().min(3).describe('Who sends it.'),
  to: z
    .array(z.string().min(3))
    .min(1)
    .describe('Each gets a mail of their own, with a link of their own.'),
  timeout,
});

const channel = z
  .strictObject({
    webhook: webhook.optional(),
    slack: slack.optional(),
    email: email.optional(),
  })
  .superRefine((given, context) => {
    const kinds = Object.values(given).filter((one) => one !== undefined).length;
    if (kinds === 1) return;
    context.addIssue({ code: 'custom', message: 'needs one of webhook, slack, email' });
  });

export const channelsSchema = z.record(
  z.string().regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, {
    error: 'must be 1 to 32 lower-case letters, digits, _ -',
  }),
  channel,
);
