import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { approvalNews } from '../../src/model/approval-store.ts';
import { openChannels } from '../../src/notify/open-channels.ts';
import { templateBody } from '../../src/notify/webhook/template.ts';
import { signature } from '../../src/receiver/signature.ts';
import { aNotice, anApproval, Lines, NOW } from './fixture.ts';

const page = readFileSync(new URL('../../docs/approval-channels.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, text = '']) => text,
  );

describe('the page on channels', () => {
  it('has a configuration that loads, and channels that open', async () => {
    const environment: Record<string, string> = {
      TEAMS_URL: 'https://flow.example.com/hook',
      SMTP_URL: 'smtps://gate:secret@mail.example.com',
    };
    const given = new Proxy(environment, { get: (known, name: string) => known[name] ?? 'a secret of sixteen' }); // biome-ignore format: one line says it
    const [yaml = ''] = blocks('yaml');
    const config = parseConfig(yaml, 'approval-channels.md', given);
    const channels = openChannels(config.approvals.channels, {
      ...{ base: '.', pageOf: () => undefined, linkFor: () => undefined },
      ...{ clock: () => NOW, log: new Lines() },
    });
    expect(channels.map(({ name }) => name)).toEqual(['audit', 'teams', 'duty', 'ops', 'mail']);
    for (const channel of channels) await channel.close?.();
  });

  it('has a check of signatures that takes what the gate signs, and nothing else', async () => {
    const [code = ''] = blocks('js');
    const module = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    const secret = 'a secret of sixteen';
    const signed = (seconds: number, id = 'n-1') => ({
      'sallyport-signature': signature(secret, seconds * 1_000, id, '{"a":1}'),
      'idempotency-key': 'n-1',
    });
    const body = Buffer.from('{"a":1}');
    const now = NOW / 1_000;
    expect(module.isGenuine(secret, signed(now), body, NOW)).toBe(true);
    expect(module.isGenuine(secret, signed(now - 301), body, NOW)).toBe(false);
    expect(module.isGenuine(secret, signed(now, 'n-2'), body, NOW)).toBe(false);
    expect(module.isGenuine(secret, signed(now), Buffer.from('{"a":2}'), NOW)).toBe(false);
    expect(module.isGenuine('another secret', signed(now), body, NOW)).toBe(false);
    expect(module.isGenuine(secret, {}, body, NOW)).toBe(false);
  });

  it('has a template that is one', () => {
    const template = blocks('json').find((text) => text.includes('{{')) ?? '';
    const body = templateBody(template, 'chat.json', undefined);
    expect(body(aNotice(), anApproval(), undefined)).toMatchObject({
      arguments: { table: 'customers' },
      link: null,
    });
  });

  it('names every piece of news, and every placeholder that there is', () => {
    for (const news of approvalNews) expect(page).toContain(`| \`${news}\` |`);
    const [, section = ''] = page.split('| Placeholder | |\n|---|---|\n');
    const [table = ''] = section.split('\n\n');
    const named = table.split('\n').flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name)); // biome-ignore format: one line says it
    const unknown = (() => {
      try {
        templateBody('"{{0}}"', 'none', undefined);
        return '';
      } catch (error) {
        return String((error as { hint?: string }).hint);
      }
    })();
    expect(`known: ${named.sort().join(', ')}`).toBe(
      `known: ${unknown.replace('known: ', '').split(', ').sort().join(', ')}`,
    );
  });

  it('links to headings that are there', () => {
    const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
    for (const [, link] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(link);
  });
});
