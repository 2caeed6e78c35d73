import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Approval } from '../../src/model/approval.ts';
import type { ApprovalNews } from '../../src/model/approval-store.ts';
import type { Channel } from '../../src/notify/contract.ts';
import { EmailChannel, type EmailChannelOptions } from '../../src/notify/email/email-channel.ts';
import { smtpServer } from '../../src/notify/email/smtp-server.ts';
import { Tickets } from '../../src/notify/ticket.ts';
import { Seal } from '../../src/protocol/seal.ts';
import { aNotice, anApproval, decided, NOW, never } from './fixture.ts';
import { headerOf, MailServer, partOf } from './mail-server.ts';

const PAGE = 'https://gate.example.com/approvals/019a-1';
const tickets = new Tickets(new Seal(Buffer.alloc(32, 1), 'ticket'), () => NOW);

let mail: MailServer;
const opened: Channel[] = [];
beforeEach(async () => {
  mail = await MailServer.start();
});
afterEach(async () => {
  for (const channel of opened.splice(0)) await channel.close?.();
  await mail.stop();
});

function open(options: Partial<EmailChannelOptions> = {}): EmailChannel {
  const channel = new EmailChannel({
    ...{ name: 'mail', smtp: mail.url, from: 'Sallyport <gate@example.com>', timeout: 2_000 },
    to: ['ann@example.com', 'Bob <bob@example.com>'],
    linkFor: ({ id, expiresAt }, address) =>
      tickets.link(PAGE, { approval: id, address, until: expiresAt }),
    ...options,
  });
  opened.push(channel);
  return channel;
}

function tell(channel: Channel, news: ApprovalNews, approval?: Approval) {
  const given = approval ?? (news === 'asked' ? anApproval() : decided(news));
  return channel.send(aNotice({ news }), given, PAGE, never);
}

const recipients = () => mail.mails.flatMap(({ to }) => to).sort();

describe('mail', () => {
  it('goes to each person alone, with a link that is theirs', async () => {
    await tell(open(), 'asked');
    expect(recipients()).toEqual(['ann@example.com', 'bob@example.com']);
    for (const one of mail.mails) {
      const [link = ''] = /https:\S+/.exec(partOf(one, 'text/plain')) ?? [];
      const ticket = new URL(link).searchParams.get('ticket') ?? '';
      expect(tickets.open(ticket, '019a-1')).toMatchObject({ address: one.to[0] });
      expect(partOf(one, 'text/html')).toContain(`href="${link}"`);
      expect(headerOf(one, 'Auto-Submitted')).toBe('auto-generated');
    }
  });

  it('says who wants what, and why somebody is asked', async () => {
    await tell(open({ to: ['ann@example.com'] }), 'asked');
    const [one] = mail.mails;
    if (!one) throw new Error('no mail');
    expect(headerOf(one, 'Subject')).toBe(
      '[Sallyport] Approval needed: drop_table on orders, for mia',
    );
    for (const part of ['text/plain', 'text/html'] as const) {
      const text = partOf(one, part);
      for (const word of ['mia', 'claude-code 2.1', 'drop_table', 'customers', 'tables are dear']) {
        expect(text).toContain(word);
      }
    }
  });

  it('shows what the caller has written as text, and lets none of it into a header', async () => {
    const { call } = anApproval();
    const target = 'x\r\nBcc: eve@example.com\r\n\r\n<img src=https://evil.example>\u202e';
    const asked = anApproval({ call: { ...call, target, args: { html: '</pre><script>' } } });
    await tell(open({ to: ['ann@example.com'] }), 'asked', asked);
    expect(recipients()).toEqual(['ann@example.com']);
    const [one] = mail.mails;
    if (!one) throw new Error('no mail');
    expect(headerOf(one, 'Bcc')).toBeUndefined();
    const html = partOf(one, 'text/html');
    expect(html).not.toMatch(/<img|<script/);
    expect(html).toContain('&lt;/pre&gt;&lt;script&gt;');
    expect(one.raw).not.toContain('\u202e');
  });

  it.each<ApprovalNews>(['denied', 'expired', 'broke-glass'])(
    'tells of %s in the thread of what was asked, with a plain link',
    async (news) => {
      const channel = open({ to: ['ann@example.com'] });
      await tell(channel, 'asked');
      await tell(channel, news);
      const [asked, told] = mail.mails;
      if (!asked || !told) throw new Error('no mail');
      expect(headerOf(told, 'In-Reply-To')).toBe(headerOf(asked, 'Message-ID'));
      expect(headerOf(told, 'Message-ID')).not.toBe(headerOf(asked, 'Message-ID'));
      expect(partOf(told, 'text/plain')).toContain(PAGE);
      expect(partOf(told, 'text/plain')).not.toContain('ticket=');
    },
  );

  it.each<[string, ApprovalNews, Approval]>([
    ['what was decided before anybody could be asked', 'asked', decided('denied')],
    ['a call that was made', 'used', decided('used')],
  ])('is not sent for %s', async (_name, news, approval) => {
    await tell(open(), news, approval);
    expect(mail.mails).toEqual([]);
  });

  it('is sent again only to whom it could not be sent', async () => {
    const channel = open();
    mail.refused.add('bob@example.com');
    const failure = await tell(channel, 'asked').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'CHANNEL_FAILED' });
    expect(String(failure)).toContain('EENVELOPE 550');
    // What servers say may name people.
    expect(String(failure)).not.toContain('bob@');
    mail.refused.clear();
    await tell(channel, 'asked');
    expect(recipients()).toEqual(['ann@example.com', 'bob@example.com']);
  });

  it('has the same id each time that it is sent, so that a reader shows it once', async () => {
    await tell(open({ to: ['ann@example.com'] }), 'asked');
    await tell(open({ to: ['ann@example.com'] }), 'asked');
    const ids = mail.mails.map((one) => headerOf(one, 'Message-ID'));
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^<[0-9a-f]{40}@example\.com>$/);
  });

  it('names the command where the gate has no pages', async () => {
    await tell(open({ to: ['ann@example.com'], linkFor: () => undefined }), 'asked');
    const [one] = mail.mails;
    if (!one) throw new Error('no mail');
    expect(partOf(one, 'text/plain')).toContain('sallyport approvals approve 019a-1');
  });

  it('fails where nothing listens', async () => {
    const failure = {
      code: 'CHANNEL_FAILED',
      message: 'the mail server cannot be reached (ESOCKET)',
    };
    await expect(tell(open({ smtp: 'smtp://127.0.0.1:9' }), 'asked')).rejects.toMatchObject(
      failure,
    );
  });

  it('ends when it is told to, though the server says nothing', async () => {
    const silent = await MailServer.start({ onConnect: () => undefined });
    const stop = new AbortController();
    const channel = open({ smtp: silent.url, timeout: 1_000 });
    const sent = channel.send(aNotice(), anApproval(), PAGE, stop.signal);
    stop.abort();
    await expect(sent).rejects.toMatchObject({ code: 'CHANNEL_FAILED' });
    await silent.stop();
  });

  it('goes only encrypted to a server that is not on this machine', () => {
    expect(smtpServer('m', 'smtp://mail.example.com')).toMatchObject({ requireTLS: true });
    expect(smtpServer('m', 'smtps://mail.example.com')).toMatchObject({ secure: true });
    expect(smtpServer('m', 'smtp://relay?cleartext=true')).toMatchObject({ ignoreTLS: true });
    expect(smtpServer('m', 'smtp://a%40b:p%2Fw@mail.example.com:587')).toEqual({
      ...{ host: 'mail.example.com', port: 587, secure: false, requireTLS: true },
      auth: { user: 'a@b', pass: 'p/w' },
    });
    expect(smtpServer('m', 'smtps://a:100%@mail.example.com')).toMatchObject({
      auth: { user: 'a', pass: '100%' },
    });
    expect(smtpServer('m', 'smtp://[::1]:25')).toMatchObject({ host: '::1', ignoreTLS: true });
  });

  it('logs in where its URL says how', async () => {
    const logins: unknown[] = [];
    const server = await MailServer.start({
      ...{ authOptional: false, allowInsecureAuth: true },
      onAuth: ({ username, password }, _session, done) => {
        logins.push([username, password]);
        done(null, { user: username });
      },
    });
    const smtp = server.url.replace('//', '//gate:p%40ss@');
    await tell(open({ smtp, to: ['ann@example.com'] }), 'asked');
    expect(logins).toEqual([['gate', 'p@ss']]);
    expect(server.mails).toHaveLength(1);
    await server.stop();
  });

  it('is not sent to a server elsewhere that can’t encrypt', async () => {
    // The same server under a name that could be anybody's.
    const smtp = mail.url.replace('127.0.0.1', '0.0.0.0');
    const failure = await tell(open({ smtp }), 'asked').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'CHANNEL_FAILED' });
    expect(String(failure)).toContain('ETLS');
    expect(mail.mails).toEqual([]);
  });

  it.each([
    'smtp://',
    'smtp:///path',
    'smtp://relay?tls.rejectUnauthorized=false',
    'smtp://relay/path',
    'smtps://relay?cleartext=true',
    'smtp://me:secret@relay?cleartext=true',
  ])('is refused with the server %s', (smtp) => {
    const refusal = (() => {
      try {
        smtpServer('mail', smtp);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(String(refusal)).not.toContain('secret');
  });
});
