import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Admin } from '../../src/admin/open-admin.ts';
import type { PublicRequest } from '../../src/admin/route.ts';
import { GateError } from '../../src/model/errors.ts';
import { PageGate } from './page-gate.ts';

const TYPE = 'application/x-www-form-urlencoded';
let gate: PageGate;
let admin: Admin;
let taken: PublicRequest[] = [];

beforeAll(async () => {
  gate = await PageGate.start();
  admin = await gate.open({}, undefined, [
    {
      ...{ method: 'POST', path: '/channels/:name', takes: { type: TYPE, bytes: 1_000 } },
      serve: async (asked) => {
        taken.push(asked);
        if (asked.params.name === 'bad') throw new GateError('SLACK_SIGNATURE', 'is not signed');
        if (asked.params.name === 'worse') throw new Error('secret details');
        return { status: 202, headers: { 'x-own': 'yes' }, body: { fine: true } };
      },
    },
  ]);
});
afterAll(async () => {
  await admin.close();
  await gate.stop();
});

async function post(name: string, body = 'payload=%7B%7D', headers = {}) {
  taken = [];
  const response = await fetch(`${admin.url}/channels/${name}?x=1`, {
    ...{ method: 'POST', body, headers: { 'content-type': `${TYPE}; charset=utf-8`, ...headers } },
  });
  const { code, ...rest } = (await response.json()) as { readonly code?: string };
  return { status: response.status, headers: response.headers, code, rest };
}

describe('a door of the admin listener', () => {
  it('gets what was sent as it came, and answers as it likes', async () => {
    const { status, headers, rest } = await post('ops');
    expect([status, rest]).toEqual([202, { fine: true }]);
    expect(headers.get('x-own')).toBe('yes');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(taken).toMatchObject([
      { params: { name: 'ops' }, query: { x: '1' }, url: '/channels/ops?x=1' },
    ]);
    expect(taken[0]?.body.toString()).toBe('payload=%7B%7D');
  });

  it.each<[string, Parameters<typeof post>, number, string]>([
    [
      'a body of another type',
      ['ops', '{}', { 'content-type': 'application/json' }],
      415,
      'HTTP_CONTENT_TYPE',
    ],
    ['a body that is too large', ['ops', 'x'.repeat(1_001)], 413, 'BUNDLE_TOO_LARGE'],
    ['another site', ['ops', '', { origin: 'https://evil.test' }], 403, 'HTTP_ORIGIN'],
  ])('is not reached by %s', async (_, given, status, code) => {
    expect(await post(...given)).toMatchObject({ status, code });
    expect(taken).toEqual([]);
  });

  it('is not reached by a name that somebody points at it', async () => {
    const { port, hostname } = new URL(admin.url);
    const status = await new Promise((resolve) => {
      const head = { host: 'evil.test', 'content-type': TYPE };
      request({ port, hostname, path: '/channels/ops', method: 'POST', headers: head })
        .on('response', ({ statusCode }) => resolve(statusCode))
        .end();
    });
    expect(status).toBe(403);
  });

  it('has what it throws answered by its code, and tells nothing of a fault', async () => {
    expect(await post('bad')).toMatchObject({ code: 'SLACK_SIGNATURE' });
    const { status, code, rest } = await post('worse');
    expect([status, code]).toEqual([500, 'STAGE_FAULT']);
    expect(JSON.stringify(rest)).not.toContain('secret details');
  });

  it.each([
    ['/channels/ops', 'POST'],
    ['/approvals', 'GET'],
    ['/approvals/a1', 'GET, POST'],
    ['/logout', 'POST'],
  ])('says which methods %s takes', async (path, allowed) => {
    const response = await fetch(`${admin.url}${path}`, { method: 'DELETE' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, allowed]);
  });
});

describe('a gate without a login', () => {
  it('has no pages, and gives no link to one', async () => {
    const plain = await gate.open({ login: false });
    expect(plain.pageOf('a1')).toBeUndefined();
    expect((await fetch(`${plain.url}/approvals`)).status).toBe(404);
    await plain.close();
  });
});
