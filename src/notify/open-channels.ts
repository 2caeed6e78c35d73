import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GateError, messageOf } from '../model/errors.ts';
import type { Clock, Log } from '../model/seams.ts';
import type { Channel, MailLink } from './contract.ts';
import { EmailChannel, type EmailChannelOptions } from './email/email-channel.ts';
import { SlackChannel, type SlackChannelOptions } from './slack/slack-channel.ts';
import { approvalBody } from './webhook/approval-body.ts';
import { pagerdutyBody } from './webhook/pagerduty-body.ts';
import { teamsBody } from './webhook/teams-body.ts';
import { templateBody } from './webhook/template.ts';
import { type WebhookBody, WebhookChannel } from './webhook/webhook-channel.ts';

/** The channels that a configuration names: one kind of each. */
export type ChannelsWanted = Readonly<Record<string, ChannelWanted>>;

export interface ChannelWanted {
  readonly webhook?: WebhookWanted | undefined;
  readonly slack?: SlackWanted | undefined;
  readonly email?: EmailWanted | undefined;
}

export interface WebhookWanted {
  readonly url: string;
  readonly secret?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly template?: 'teams' | 'pagerduty' | { readonly file: string } | undefined;
  readonly routing_key?: string | undefined;
  readonly timeout: number;
}

type SlackWanted = Omit<SlackChannelOptions, 'name' | 'pageOf' | 'clock' | 'log'>;
type EmailWanted = Omit<EmailChannelOptions, 'name' | 'linkFor'>;

export interface OpenChannelsOptions {
  /** Folder that relative paths of the configuration start from. */
  readonly base: string;
  /** The page of an approval; undefined where the gate has none. */
  readonly pageOf: (approval: string) => string | undefined;
  readonly linkFor: MailLink;
  readonly clock: Clock;
  readonly log: Log;
}

/** A template is read once, at the start, and no larger than this. */
const MAX_TEMPLATE = 65_536;

/**
 * The channels that are configured. Whoever opens them closes them, or lets a Dispatcher do so.
 *
 * @throws GateError CONFIG_INVALID
 */
export function openChannels(
  wanted: ChannelsWanted,
  options: OpenChannelsOptions,
): readonly Channel[] {
  return Object.entries(wanted).map(([name, channel]) => openChannel(name, channel, options));
}

function openChannel(
  name: string,
  { webhook, slack, email }: ChannelWanted,
  { base, pageOf, linkFor, clock, log }: OpenChannelsOptions,
): Channel {
  if (webhook) {
    const body = bodyOf(name, webhook, base);
    return new WebhookChannel({ ...webhook, name, body, clock });
  }
  if (slack) return new SlackChannel({ ...slack, name, pageOf, clock, log });
  if (email) return new EmailChannel({ ...email, name, linkFor });
  throw new GateError('CONFIG_INVALID', `approvals.channels.${name} is of no kind`);
}

function bodyOf(name: string, webhook: WebhookWanted, base: string): WebhookBody {
  const { template, routing_key: key } = webhook;
  const place = `approvals.channels.${name}.webhook`;
  if (typeof template === 'object') return ownBody(place, template.file, base, key);
  if (template === 'pagerduty') {
    if (key !== undefined) return pagerdutyBody(key);
    throw new GateError('CONFIG_INVALID', `${place} needs the routing_key of PagerDuty`);
  }
  if (key !== undefined) {
    const message = `${place}.routing_key is for the template pagerduty, or one of your own`;
    throw new GateError('CONFIG_INVALID', message);
  }
  return template === 'teams' ? teamsBody : approvalBody;
}

function ownBody(place: string, file: string, base: string, key: string | undefined): WebhookBody {
  let bytes: Buffer;
  try {
    bytes = readFileSync(resolve(base, file));
  } catch (cause) {
    const message = `${place}: cannot read the template ${file}: ${messageOf(cause)}`;
    throw new GateError('CONFIG_INVALID', message, { cause });
  }
  if (bytes.byteLength > MAX_TEMPLATE) {
    throw new GateError('CONFIG_INVALID', `${place}: the template ${file} is over 64 KiB`);
  }
  return templateBody(bytes.toString('utf8'), file, key);
}
