import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Approval } from '../../src/model/approval.ts';
import type { ApprovalNews } from '../../src/model/approval-store.ts';
import type { Json } from '../../src/model/json.ts';
import type { Channel } from '../../src/notify/contract.ts';
import { openChannels, type WebhookWanted } from '../../src/notify/open-channels.ts';
import { templateBody } from '../../src/notify/webhook/template.ts';
import { aNotice, anApproval, decided, Lines, NOW, never } from './fixture.ts';
import { Receiver } from './receiver.ts';

/** Half characters, too. */
const anyUnit = fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code));
const SECRET = 'a secret of 16 characters';
const PAGE = 'https://gate.example.com/approvals/019a-1';

let receiver: Receiver;
let folder: string;
const opened: Channel[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-notify-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  receiver = await Receiver.start();
});
afterEach(async () => {
  for (const channel of opened.splice(0)) await channel.close?.();
  await receiver.stop();
});

function channel(wanted: Partial<WebhookWanted> = {}): Channel {
  const webhook = { url: `${receiver.url}/hook?key=hush`, headers: {}, timeout: 5_000, ...wanted };
  const pageOf = () => PAGE;
  const [one] = openChannels(
    { ops: { webhook } },
    { base: folder, pageOf, linkFor: pageOf, clock: () => NOW, log: new Lines() },
  );
  if (!one) throw new Error('no channel');
  opened.push(one);
  return one;
}

function send(news: ApprovalNews, wanted?: Partial<WebhookWanted>, approval?: Approval) {
  const now = approval ?? (news === 'asked' ? anApproval() : decided(news));
  return channel(wanted).send(aNotice({ news }), now, PAGE, never);
}

describe('a webhook', () => {
  it('gets the approval as it is, with the news and its page', async () => {
    await send('granted');
    expect(receiver.received).toMatchObject([{ method: 'POST', path: '/hook?key=hush' }]);
    expect(receiver.last).toEqual({
      ...{ id: 'n-1', type: 'approval.granted', url: PAGE },
      approval: JSON.parse(JSON.stringify(decided('granted'))),
    });
  });

  it('gets numbers that a double would change as they are', async () => {
    const { call } = anApproval();
    const args = { big: (JSON as unknown as { rawJSON(text: string): Json }).rawJSON('12345678901234567890') }; // biome-ignore format: one line says it
    await send('asked', {}, anApproval({ call: { ...call, args } }));
    expect(receiver.received[0]?.body).toContain('"big":12345678901234567890');
  });

  it('is signed over time, id and body', async () => {
    await send('asked', { secret: SECRET });
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
    const seconds = NOW / 1_000;
    const hmac = createHmac('sha256', SECRET).update(`${seconds}.n-1.${body}`).digest('hex');
    expect(headers).toMatchObject({
      'sallyport-signature': `t=${seconds},v1=${hmac}`,
      'idempotency-key': 'n-1',
      'content-type': 'application/json',
    });
    expect(headers['user-agent']).toMatch(/^sallyport\//);
  });

  it('has the headers of the configuration, but its key and signature are its own', async () => {
    const headers = { Authorization: 'Bearer x', 'Idempotency-Key': 'theirs', 'Content-Type': 'application/json; charset=utf-8' }; // biome-ignore format: one line says it
    await send('asked', { headers, secret: SECRET });
    expect(receiver.received[0]?.headers).toMatchObject({
      ...{ authorization: 'Bearer x', 'idempotency-key': 'n-1' },
      'content-type': 'application/json; charset=utf-8',
    });
  });

  it.each([
    ['p%40ss', 'p@ss'],
    ['100%', '100%'],
  ])('sends the login of its URL as a header: %s', async (written, meant) => {
    const url = receiver.url.replace('//', `//gate:${written}@`);
    await send('asked', { url });
    expect(receiver.received[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from(`gate:${meant}`).toString('base64')}`,
    );
  });

  it.each([
    { status: 500, detail: {} },
    { status: 404, detail: {} },
    { status: 302, detail: { hint: 'redirects are not followed' } },
    { status: 429, headers: { 'retry-after': '17' }, detail: { retryAfter: '17' } },
  ])('fails where the receiver answers $status', async ({ status, headers = {}, detail }) => {
    receiver.answer = (response) => {
      response.writeHead(status, { location: `${receiver.url}/elsewhere`, ...headers }).end();
    };
    const code = 'CHANNEL_FAILED';
    await expect(send('asked')).rejects.toMatchObject({ code, ...detail });
    expect(receiver.received).toHaveLength(1);
  });

  it.each([
    {
      name: 'hangs up',
      answer: (): Receiver['answer'] => (response) => response.socket?.destroy(),
    },
    {
      name: 'speaks no HTTP',
      answer: (): Receiver['answer'] => (response) =>
        response.socket?.end('SSH-2.0-nothing\r\n\r\n'),
    },
    { name: 'says nothing in time', answer: (): Receiver['answer'] => () => undefined },
    {
      name: 'never ends its answer',
      answer: (): Receiver['answer'] => (response) => void response.writeHead(200).write('x'),
    },
  ])('fails where the receiver $name, and says nothing of its URL', async ({ answer }) => {
    receiver.answer = answer();
    const failure = await send('asked', { timeout: 300 }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'CHANNEL_FAILED' });
    expect(String(failure)).not.toContain('hush');
  });

  it('goes by the status where the receiver answers far too much', async () => {
    receiver.answer = (response) => response.end('x'.repeat(2_000_000));
    await expect(send('asked', { timeout: 300 })).resolves.toBeUndefined();
  });

  it('fails where nothing listens', async () => {
    const url = receiver.url;
    await receiver.stop();
    const failure = await send('asked', { url }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'CHANNEL_FAILED', message: expect.stringContaining('ECONNREFUSED') }); // biome-ignore format: one line says it
    receiver = await Receiver.start();
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    receiver.answer = () => stop.abort();
    const sent = channel().send(aNotice(), anApproval(), PAGE, stop.signal);
    await expect(sent).rejects.toMatchObject({ code: 'CHANNEL_FAILED' });
  });
});

describe('the template for Teams', () => {
  const hostile = '[click](https://evil.example) **bold** <at>everyone</at>';

  it('is an Adaptive Card that reads nothing of the call as Markdown', async () => {
    const { call } = anApproval();
    const asked = anApproval({ call: { ...call, target: hostile, args: { note: hostile } } });
    await send('asked', { template: 'teams' }, asked);
    const message = receiver.last as { attachments: { content: { body: { type: string }[] } }[] };
    expect(message).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: { type: 'AdaptiveCard', actions: [{ type: 'Action.OpenUrl', url: PAGE }] },
        },
      ],
    });
    const [{ content } = { content: { body: [] } }] = message.attachments;
    expect(new Set(content.body.map(({ type }) => type))).toEqual(new Set(['RichTextBlock']));
    expect(JSON.stringify(content)).toContain(hostile);
  });

  it('stays below what Teams takes, and says that something is missing', async () => {
    const { call, demands } = anApproval();
    const [demand] = demands;
    const args = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, '\u6f22'.repeat(20)])); // biome-ignore format: one line says it
    const many = Array.from({ length: 20 }, (_, i) => ({ ...demand, rule: `r${i}`, reason: '\u6f22'.repeat(900) })); // biome-ignore format: one line says it
    const asked = anApproval({ call: { ...call, args }, demands: many as Approval['demands'] });
    await send('asked', { template: 'teams' }, asked);
    expect(Buffer.byteLength(receiver.received[0]?.body ?? '')).toBeLessThan(28_000);
    expect(receiver.received[0]?.body).toContain('Not all of the call is shown');
  });
});

describe('the template for PagerDuty', () => {
  const pagerduty = { template: 'pagerduty', routing_key: 'R0' } as const;

  it.each<[ApprovalNews, string, string]>([
    ['asked', 'trigger', 'sallyport-019a-1'],
    ['granted', 'resolve', 'sallyport-019a-1'],
    ['denied', 'resolve', 'sallyport-019a-1'],
    ['expired', 'resolve', 'sallyport-019a-1'],
    ['broke-glass', 'trigger', 'sallyport-019a-1-broke-glass'],
  ])('makes of %s the event %s', async (news, event_action, dedup_key) => {
    await send(news, pagerduty);
    expect(receiver.last).toMatchObject({
      ...{ routing_key: 'R0', event_action, dedup_key },
      payload: {
        severity: news === 'broke-glass' ? 'critical' : 'warning',
        source: 'orders',
        summary: expect.stringContaining('drop_table on orders, for mia'),
      },
      links: [{ href: PAGE }],
    });
  });
});

describe('a question that comes after its answer', () => {
  it('opens no alert of PagerDuty, for nothing would close it', async () => {
    await send('asked', { template: 'pagerduty', routing_key: 'R0' }, decided('granted'));
    expect(receiver.last).toMatchObject({ event_action: 'resolve' });
  });

  it('is no question in Teams', async () => {
    await send('asked', { template: 'teams' }, decided('granted'));
    expect(receiver.received[0]?.body).not.toContain('Approval needed');
  });
});

describe('a template of one’s own', () => {
  it('gets values and texts where it names them', async () => {
    const template = {
      text: '{{title}} ({{ state }}) {{url}}',
      args: '{{args}}',
      list: ['{{rules}}', 7, null, '{{reason}}'],
      key: '{{routing_key}}',
    };
    writeFileSync(join(folder, 'own.json'), JSON.stringify(template));
    await send('asked', { template: { file: 'own.json' }, routing_key: 'K' });
    expect(receiver.last).toEqual({
      text: `Approval needed: drop_table on orders, for mia (pending) ${PAGE}`,
      args: { table: 'customers' },
      list: [['ddl-needs-a-dba'], 7, null, null],
      key: 'K',
    });
  });

  it('can’t be broken out of by any value', () => {
    const body = templateBody('{"a":"x{{target}}y","b":"{{caller}}"}', 'own.json', undefined);
    fc.assert(
      fc.property(fc.string({ unit: anyUnit }), fc.string(), (target, sub) => {
        const { call } = anApproval();
        const caller = { ...call.caller, sub };
        const approval = anApproval({ call: { ...call, target, caller } });
        expect(body(aNotice(), approval, undefined)).toEqual({ a: `x${target}y`, b: sub });
      }),
    );
  });

  it.each([
    { name: 'no JSON', text: '{"a":', message: 'no JSON' },
    { name: 'another placeholder', text: '{"a":"{{titel}}"}', message: '{{titel}}', hint: 'title' },
    { name: 'one that objects inherit', text: '{"a":"{{constructor}}"}', message: 'constructor' },
    { name: 'a deep nest', text: '['.repeat(99) + ']'.repeat(99), message: 'too deep' },
    { name: 'a large file', text: `"${'x'.repeat(70_000)}"`, message: '64 KiB' },
  ])('is refused with $name', ({ text, message, hint }) => {
    writeFileSync(join(folder, 'bad.json'), text);
    const found = (() => {
      try {
        channel({ template: { file: 'bad.json' } });
      } catch (error) {
        return error;
      }
    })();
    expect(found).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) }); // biome-ignore format: one line says it
    if (hint) expect(found).toMatchObject({ hint: expect.stringContaining(hint) });
  });

  it.each<[string, Partial<WebhookWanted>]>([
    ['PagerDuty has no routing key', { template: 'pagerduty' }],
    ['a routing key has no use', { routing_key: 'K' }],
    ['a routing key has no use in Teams', { routing_key: 'K', template: 'teams' }],
    ['the file is not there', { template: { file: 'none.json' } }],
  ])('is refused where %s', (_name, wanted) => {
    expect(() => channel(wanted)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
