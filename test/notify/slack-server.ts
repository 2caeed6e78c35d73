import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SlackCall {
  readonly method: string;
  readonly token: string | undefined;
  /** Lists and objects are parsed. */
  readonly given: Readonly<Record<string, unknown>>;
}

export interface SlackPosted {
  readonly ts: string;
  readonly channel: string;
  text: string;
  blocks: readonly SlackBlock[];
  metadata: unknown;
}

export interface SlackBlock {
  readonly type: string;
  readonly elements?: readonly { readonly [key: string]: unknown }[];
}

/** As much of Slack's Web API as channels use: messages are kept, found and changed. */
export class SlackServer {
  readonly calls: SlackCall[] = [];
  readonly messages: SlackPosted[] = [];
  /** Answers in place of a method. */
  readonly instead = new Map<string, (response: ServerResponse) => void>();
  /** Seconds since the epoch, as Slack's clock has it. */
  now = 1_772_600_800;
  url = '';
  readonly #server: Server;

  static async start(): Promise<SlackServer> {
    const slack = new SlackServer();
    slack.#server.listen(0, '127.0.0.1');
    await once(slack.#server, 'listening');
    slack.url = `http://127.0.0.1:${(slack.#server.address() as AddressInfo).port}/api`;
    return slack;
  }

  private constructor() {
    this.#server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const method = (request.url ?? '').replace('/api/', '');
        const call = { method, token: request.headers.authorization, given: parsed(body) };
        this.calls.push(call);
        const instead = this.instead.get(method);
        if (instead) return instead(response);
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(this.#answer(call)));
      });
    });
  }

  methods(): string[] {
    return this.calls.map(({ method }) => method);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer({ method, given }: SlackCall): object {
    const { channel, ts, text, blocks, metadata, oldest, latest, cursor, limit } = given as Record<string, string>; // biome-ignore format: one line says it
    switch (method) {
      case 'chat.postMessage': {
        const posted = { ts: `${this.now}.${String(this.messages.length).padStart(6, '0')}`, channel, text, blocks, metadata }; // biome-ignore format: one line says it
        this.messages.push(posted as unknown as SlackPosted);
        return { ok: true, channel, ts: posted.ts };
      }
      case 'chat.update': {
        const message = this.messages.find((one) => one.ts === ts && one.channel === channel);
        if (!message) return { ok: false, error: 'message_not_found' };
        Object.assign(message, { text, blocks, ...(metadata === undefined ? {} : { metadata }) });
        return { ok: true };
      }
      case 'conversations.history': {
        const found = this.messages
          .filter((one) => one.channel === channel && Number(one.ts) >= Number(oldest) && Number(one.ts) <= Number(latest)) // biome-ignore format: one line says it
          .reverse();
        const from = Number(cursor ?? 0);
        const to = from + Number(limit);
        const next_cursor = to < found.length ? String(to) : '';
        return { ok: true, messages: found.slice(from, to), response_metadata: { next_cursor } };
      }
      case 'chat.postEphemeral':
        return { ok: true };
      default:
        return { ok: false, error: 'unknown_method' };
    }
  }
}

function parsed(body: string): Record<string, unknown> {
  return Object.fromEntries(
    [...new URLSearchParams(body)].map(([name, value]) => [
      name,
      /^[[{]/.test(value) ? JSON.parse(value) : value,
    ]),
  );
}

export interface SlackRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A request that Slack makes where somebody presses a button. */
export function pressed(
  { secret, seconds }: { readonly secret: string; readonly seconds: number },
  press: {
    readonly user: string;
    readonly action: string;
    readonly value?: string;
    readonly ts?: string;
    readonly channel?: string;
  },
): SlackRequest {
  const { user, action, value, ts, channel = 'C1' } = press;
  const payload = {
    type: 'block_actions',
    user: { id: user, username: 'somebody' },
    actions: [{ type: 'button', action_id: action, value }],
    ...(ts === undefined ? {} : { container: { type: 'message', message_ts: ts, channel_id: channel } }), // biome-ignore format: one line says it
  };
  return signed(secret, seconds, `payload=${encodeURIComponent(JSON.stringify(payload))}`);
}

export function signed(secret: string, seconds: number, text: string): SlackRequest {
  const digest = createHmac('sha256', secret).update(`v0:${seconds}:${text}`).digest('hex');
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': String(seconds),
    'x-slack-signature': `v0=${digest}`,
  };
  return { headers, body: Buffer.from(text) };
}
