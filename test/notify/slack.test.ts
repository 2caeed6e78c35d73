import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Approval } from '../../src/model/approval.ts';
import type { ApprovalNews } from '../../src/model/approval-store.ts';
import { GateError } from '../../src/model/errors.ts';
import type { DecideInChannel } from '../../src/notify/contract.ts';
import { SlackChannel, type SlackChannelOptions } from '../../src/notify/slack/slack-channel.ts';
import { aNotice, anApproval, decided, Lines, NOW, never } from './fixture.ts';
import {
  pressed,
  type SlackPosted,
  type SlackRequest,
  SlackServer,
  signed,
} from './slack-server.ts';

const SECRET = 'signing secret of the app';
const SECONDS = NOW / 1_000;
const PAGE = 'https://gate.example.com/approvals/019a-1';
const ann = { sub: 'ann', email: 'ann@example.com', groups: ['dba'] };

let slack: SlackServer;
let log: Lines;
let now: number;
const opened: SlackChannel[] = [];
/** What was decided in a channel. */
let decisions: unknown[][];
let outcome: () => Approval;

beforeEach(async () => {
  slack = await SlackServer.start();
  slack.now = SECONDS;
  log = new Lines();
  now = NOW;
  decisions = [];
  outcome = () => decided('granted');
});
afterEach(async () => {
  for (const channel of opened.splice(0)) await channel.close();
  await slack.stop();
});

function open(options: Partial<SlackChannelOptions> = {}): SlackChannel {
  const channel = new SlackChannel({
    ...{ name: 'ops', token: 'xoxb-hush', channel: 'C1', signing_secret: SECRET, api: slack.url },
    ...{ users: { U1: ann }, timeout: 5_000, pageOf: () => PAGE, clock: () => now, log },
    ...options,
  });
  opened.push(channel);
  return channel;
}

function tell(channel: SlackChannel, news: ApprovalNews, approval?: Approval, attempts = 0) {
  const given = approval ?? (news === 'asked' ? anApproval() : decided(news));
  return channel.send(aNotice({ news, attempts }), given, PAGE, never);
}

function take(channel: SlackChannel, request: SlackRequest): Promise<void> {
  const decide: DecideInChannel = async (...given) => {
    decisions.push(given);
    return outcome();
  };
  if (!channel.interactions) throw new Error('no buttons');
  return channel.interactions.take(request.headers, request.body, decide);
}

const press = (more: object = {}, signature: object = {}) =>
  pressed(
    { secret: SECRET, seconds: SECONDS, ...signature },
    { user: 'U1', action: 'approve', value: '019a-1', ...more },
  );

const buttons = (message: SlackPosted | undefined) =>
  message?.blocks
    .filter(({ type }) => type === 'actions')
    .flatMap(({ elements = [] }) => elements.map(({ action_id }) => action_id));
const header = (message: SlackPosted | undefined) =>
  (message?.blocks[0] as { text?: { text?: string } } | undefined)?.text?.text;

describe('a message in Slack', () => {
  it('asks with buttons, and a link to the page', async () => {
    await tell(open(), 'asked');
    const [message] = slack.messages;
    expect(slack.calls[0]).toMatchObject({
      ...{ method: 'chat.postMessage', token: 'Bearer xoxb-hush' },
      given: { channel: 'C1', unfurl_links: 'false', link_names: 'false', parse: 'none' },
    });
    expect(header(message)).toBe('Approval needed');
    expect(buttons(message)).toEqual(['approve', 'deny', 'open']);
    expect(JSON.stringify(message?.blocks)).toContain('policies/db.yaml:14');
  });

  it('shows what the caller has written as it is, and never as a link or a mention', async () => {
    const hostile = '<!channel> <https://evil.example|Open> *bold* `code`\u202egnp';
    const { call } = anApproval();
    const caller = { ...call.caller, sub: hostile };
    const asked = anApproval({ call: { ...call, target: hostile, caller, args: { hostile } } });
    await tell(open(), 'asked', asked);
    const [message] = slack.messages;
    const text = JSON.stringify(message?.blocks);
    expect(text).not.toContain('mrkdwn');
    expect(text).not.toContain('\u202e');
    expect(text).toContain('<!channel>');
    expect(message?.text).toContain('&lt;!channel&gt;');
    expect(message?.text).not.toContain('<!channel>');
  });

  const { call, demands } = anApproval();
  const [demand] = demands;
  it.each([
    {
      name: 'there are more arguments than it shows',
      changes: { call: { ...call, args: { text: 'x'.repeat(3_000) } } },
    },
    {
      name: 'the target is longer than it shows',
      changes: { call: { ...call, target: 't'.repeat(400) } },
    },
  ])('has no button to approve where $name', async ({ changes }) => {
    await tell(open(), 'asked', anApproval(changes as Partial<Approval>));
    expect(buttons(slack.messages[0])).toEqual(['deny', 'open']);
  });

  it('has no buttons at all where a reason is needed, for they bring none', async () => {
    const asked = anApproval({ demands: [{ ...demand, reasonRequired: true }] as never });
    await tell(open(), 'asked', asked);
    expect(buttons(slack.messages[0])).toEqual(['open']);
    expect(JSON.stringify(slack.messages[0]?.blocks)).toContain('with a reason');
  });

  it('names the command where there is neither a button nor a page', async () => {
    const channel = open({ signing_secret: undefined });
    await channel.send(aNotice(), anApproval(), undefined, never);
    const text = JSON.stringify(slack.messages[0]?.blocks);
    expect(text).toContain('sallyport approvals show 019a-1');
  });

  it('has a link alone where the app has no signing secret', async () => {
    const channel = open({ signing_secret: undefined });
    await tell(channel, 'asked');
    expect(buttons(slack.messages[0])).toEqual(['open']);
    expect(channel.interactions).toBeUndefined();
  });

  it('is not sent where somebody has decided before it could be', async () => {
    await tell(open(), 'asked', decided('granted'));
    expect(slack.calls).toEqual([]);
  });

  it.each<[ApprovalNews, string]>([
    ['granted', 'Approved'],
    ['denied', 'Denied'],
    ['expired', 'Expired'],
    ['cancelled', 'Given up by the caller'],
    ['revoked', 'Taken back'],
    ['used', 'The call was made'],
  ])('changes when the approval is %s, and loses its buttons', async (news, title) => {
    const channel = open();
    await tell(channel, 'asked');
    await tell(channel, news);
    expect(slack.messages).toHaveLength(1);
    expect(header(slack.messages[0])).toBe(title);
    expect(buttons(slack.messages[0])).toEqual(['open']);
  });

  it('is found again after a restart, among others, by another gate as well', async () => {
    const before = open();
    for (let i = 0; i < 250; i++) slack.messages.push({ ts: `${SECONDS}.9${i}`, channel: 'C1', text: 'lunch?', blocks: [], metadata: null }); // biome-ignore format: one line says it
    await tell(before, 'asked');
    slack.messages.push(...slack.messages.splice(0, 250));
    await tell(open(), 'granted');
    expect(slack.methods()).toEqual([
      'chat.postMessage',
      'conversations.history',
      'conversations.history',
      'chat.update',
    ]);
    expect(header(slack.messages.find(({ text }) => text !== 'lunch?'))).toBe('Approved');
  });

  it('is told anew where the app may not look for the old one', async () => {
    slack.instead.set('conversations.history', (response) => {
      response.end(JSON.stringify({ ok: false, error: 'missing_scope' }));
    });
    await tell(open(), 'asked');
    const after = open();
    await tell(after, 'granted');
    await tell(after, 'used');
    expect(slack.messages.map(header)).toEqual(['Approval needed', 'The call was made']);
    expect(log.text).toContain('channels:history');
  });

  it('is not sent twice where the first try came after all', async () => {
    slack.instead.set('chat.postMessage', (response) => response.socket?.destroy());
    const first = open();
    await expect(tell(first, 'asked')).rejects.toMatchObject({ code: 'CHANNEL_FAILED' });
    slack.instead.clear();
    // What Slack has taken before the line broke.
    await tell(open(), 'asked');
    await tell(first, 'asked', undefined, 1);
    expect(slack.messages).toHaveLength(1);
  });

  it('is not sent twice where the gate that has sent it died before it could note that', async () => {
    await tell(open(), 'asked');
    now += 90_000;
    await tell(open(), 'asked');
    expect(slack.messages).toHaveLength(1);
  });

  it('is told anew where somebody has deleted it', async () => {
    const channel = open();
    await tell(channel, 'asked');
    slack.messages.length = 0;
    await tell(channel, 'denied');
    expect(slack.messages.map(header)).toEqual(['Denied']);
  });

  it('tells everybody anew of broken glass, and keeps the first up to date', async () => {
    const channel = open();
    await tell(channel, 'asked');
    await tell(channel, 'broke-glass');
    await tell(channel, 'granted', decided('broke-glass'));
    expect(slack.messages.map(header)).toEqual([
      'Approved',
      'Break glass: approved by the caller alone',
    ]);
    expect(JSON.stringify(slack.messages[1]?.blocks)).toContain('the site is down');
  });

  it.each([
    {
      name: 'a rate limit',
      answer: { status: 429, headers: { 'retry-after': '30' }, body: '' },
      detail: { retryAfter: '30' },
    },
    {
      name: 'a refusal',
      answer: { status: 200, headers: {}, body: '{"ok":false,"error":"channel_not_found"}' },
      detail: { message: 'Slack refused chat.postMessage: channel_not_found' },
    },
    {
      name: 'words that are no reason',
      answer: { status: 200, headers: {}, body: '{"ok":false,"error":"<script>xoxb-hush"}' },
      detail: { message: 'Slack refused chat.postMessage: no reason' },
    },
    {
      name: 'a page that is not Slack',
      answer: { status: 200, headers: {}, body: '<html>' },
      detail: { message: 'Slack refused chat.postMessage: no reason' },
    },
  ])('fails with $name', async ({ answer, detail }) => {
    slack.instead.set('chat.postMessage', (response) => {
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    const failure = { code: 'CHANNEL_FAILED', ...detail };
    await expect(tell(open(), 'asked')).rejects.toMatchObject(failure);
  });
});

describe('a button in Slack', () => {
  it.each(['approve', 'deny'])(
    'decides as the person that the configuration names: %s',
    async (action) => {
      const channel = open();
      await tell(channel, 'asked');
      await take(channel, press({ action, ts: slack.messages[0]?.ts }));
      expect(decisions).toEqual([['019a-1', action, { issuer: 'slack', ...ann }]]);
      await expect.poll(() => header(slack.messages[0])).toBe('Approved');
    },
  );

  it('shows who has approved where more people must', async () => {
    const channel = open();
    await tell(channel, 'asked');
    outcome = () => ({ ...decided('granted'), state: 'pending' });
    await take(channel, press({ ts: slack.messages[0]?.ts }));
    await expect.poll(() => JSON.stringify(slack.messages[0]?.blocks)).toContain('Approved by');
    expect(buttons(slack.messages[0])).toEqual(['approve', 'deny', 'open']);
  });

  it('never shows an older state last', async () => {
    const channel = open();
    await tell(channel, 'asked');
    await tell(channel, 'granted', { ...decided('granted'), version: 3 });
    outcome = () => ({ ...decided('granted'), state: 'pending', version: 2 });
    await take(channel, press({ ts: slack.messages[0]?.ts }));
    await tell(channel, 'used', { ...decided('used'), version: 4 });
    expect(slack.methods()).toEqual(['chat.postMessage', 'chat.update', 'chat.update']);
    expect(header(slack.messages[0])).toBe('The call was made');
  });

  it.each([
    { name: 'a stranger', more: { user: 'U9' }, says: 'Slack user is not in the configuration' },
    { name: 'a name that objects inherit', more: { user: 'constructor' }, says: 'Slack user' },
  ])('decides nothing for $name, and says so to them alone', async ({ more, says }) => {
    await take(open(), press(more));
    expect(decisions).toEqual([]);
    await expect
      .poll(() => slack.calls)
      .toMatchObject([
        { method: 'chat.postEphemeral', given: { user: more.user, text: expect.stringContaining(says) } }, // biome-ignore format: one line says it
      ]);
  });

  it.each([
    {
      error: new GateError('APPROVAL_SELF', 'nobody approves a call of their own'),
      says: 'Nobody approves a call of their own.',
    },
    { error: new Error('the disk says <hush>'), says: 'That could not be decided. Try again.' },
  ])('tells somebody alone why it decided nothing: $says', async ({ error, says }) => {
    outcome = () => {
      throw error;
    };
    await take(open(), press());
    await expect
      .poll(() => slack.calls)
      .toMatchObject([{ method: 'chat.postEphemeral', given: { user: 'U1', text: says } }]);
  });

  it('takes a link that was followed for what it is', async () => {
    await take(open(), press({ action: 'open', value: undefined }));
    expect(decisions).toEqual([]);
  });

  it.each([
    { name: 'signed with another secret', request: () => press({}, { secret: 'another secret' }) },
    { name: 'older than five minutes', request: () => press({}, { seconds: SECONDS - 301 }) },
    { name: 'from the future', request: () => press({}, { seconds: SECONDS + 301 }) },
    {
      name: 'with another body than was signed',
      request: () => ({ ...press(), body: press({ action: 'deny' }).body }),
    },
    {
      name: 'with another time than was signed',
      request: () => {
        const request = press();
        return { ...request, headers: { ...request.headers, 'x-slack-request-timestamp': String(SECONDS - 1) } }; // biome-ignore format: one line says it
      },
    },
    { name: 'without a signature', request: () => ({ ...press(), headers: {} }) }, // biome-ignore format: one line says it
    {
      name: 'with a signature that is cut short',
      request: () => {
        const request = press();
        const cut = request.headers['x-slack-signature']?.slice(0, 20) ?? '';
        return { ...request, headers: { ...request.headers, 'x-slack-signature': cut } };
      },
    },
  ])('is refused $name', async ({ request }) => {
    await expect(take(open(), request())).rejects.toMatchObject({ code: 'SLACK_SIGNATURE' });
    expect(decisions).toEqual([]);
  });

  it('counts once: the same request is refused, for as long as it would be young enough', async () => {
    const channel = open();
    const early = press({}, { seconds: SECONDS + 299 });
    await take(channel, early);
    for (const after of [0, 300_000, 598_000, 599_000]) {
      now = NOW + after;
      await expect(take(channel, early)).rejects.toMatchObject({ code: 'SLACK_SIGNATURE' });
    }
    expect(decisions).toHaveLength(1);
  });

  it.each([
    { name: 'no payload', text: 'other=1' },
    { name: 'no JSON', text: 'payload=%7B' },
    { name: 'a deep nest', text: `payload=${'['.repeat(200)}${']'.repeat(200)}` },
    { name: 'another interaction', text: `payload=${encodeURIComponent('{"type":"view_submission"}')}` }, // biome-ignore format: one line says it
    { name: 'no action', text: `payload=${encodeURIComponent('{"type":"block_actions","user":{"id":"U1"}}')}` }, // biome-ignore format: one line says it
  ])('decides nothing of a signed request with $name', async ({ text }) => {
    await take(open(), signed(SECRET, SECONDS, text));
    expect(decisions).toEqual([]);
    expect(slack.calls).toEqual([]);
  });

  it('decides even if Slack can’t be told', async () => {
    const channel = open({ api: 'http://127.0.0.1:9' });
    await take(channel, press({ ts: '1.2' }));
    expect(decisions).toHaveLength(1);
    await expect.poll(() => log.lines.at(-1)).toMatchObject({ code: 'CHANNEL_FAILED' });
    expect(log.text).not.toContain('hush');
  });
});
