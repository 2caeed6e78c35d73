import type { ServerResponse } from 'node:http';
import { UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newKey, sign } from '../auth/issuer-server.ts';
import { json, resultText } from '../transport/fixtures/http-upstream.ts';
import { rawPost } from './support/gate.ts';
import { instead, UPSTREAM_SESSION } from './support/mcp-upstream.ts';
import { answerOf, call, initialize, RawClient } from './support/raw-client.ts';
import { TriedGate } from './support/tried-gate.ts';

let tried: TriedGate;

beforeAll(async () => {
  tried = await TriedGate.start();
});
beforeEach(() => tried.begin());
afterEach(() => tried.expectHealth());
afterAll(() => tried?.stop());

describe('a session', () => {
  it('must be named', async () => {
    const response = await tried.ana.post(call('x', 'c1'), { 'mcp-session-id': undefined });
    const answer = await tried.expectRefusal(response, 400, 'SESSION_MISSING', -32000);
    expect(answer.id).toBe('c1');
    const get = { accept: 'text/event-stream', 'mcp-session-id': undefined };
    await tried.expectRefusal(await tried.ana.send('GET', get), 400, 'SESSION_MISSING');
    const end = await tried.ana.send('DELETE', { 'mcp-session-id': undefined });
    await tried.expectRefusal(end, 400, 'SESSION_MISSING');
  });

  const changed: [string, (id: string) => string][] = [
    ['unknown', () => 'unknown'],
    ['empty', () => ''],
    ['cut short', (id) => id.slice(0, -1)],
    ['lengthened', (id) => `${id}A`],
    ['spelt otherwise', (id) => `${id}=`],
    ['spelt otherwise at its end', otherSpelling],
    ['changed', (id) => (id.startsWith('A') ? 'B' : 'A') + id.slice(1)],
    ['repeated', (id) => `${id}, ${id}`],
    ['very long', () => 'x'.repeat(10_000)],
    ['the one of the upstream', () => UPSTREAM_SESSION],
    ['an inherited name', () => '__proto__'],
  ];
  it.each(changed)('that is %s is not found', async (_name, change) => {
    const id = change(tried.ana.session ?? '');
    const response = await tried.ana.post(call('x'), { 'mcp-session-id': id });
    await tried.expectRefusal(response, 404, 'SESSION_UNKNOWN');
  });

  it('of somebody else looks like one that does not exist', async () => {
    const bob = new RawClient(tried.gate.endpoint('files'), await tried.gate.token('bob', 'files'));
    const before = tried.upstream.received.length;
    const foreign = { 'mcp-session-id': tried.ana.session };
    const answers = [
      await tried.expectRefusal(await bob.post(call('x'), foreign), 404, 'SESSION_FOREIGN'),
      await tried.expectRefusal(
        await bob.send('GET', { ...foreign, accept: 'text/event-stream' }),
        404,
        'SESSION_FOREIGN',
      ),
      await tried.expectRefusal(await bob.send('DELETE', foreign), 404, 'SESSION_FOREIGN'),
    ];
    for (const { error } of answers) {
      expect(error?.message).toContain('the session is unknown or has ended');
    }
    expect(tried.upstream.received).toHaveLength(before);
  });

  it('of another upstream is not found', async () => {
    const other = await RawClient.open(tried.gate, 'ana', 'other');
    const response = await other.post(call('x'), { 'mcp-session-id': tried.ana.session });
    await tried.expectRefusal(response, 404, 'SESSION_FOREIGN');
  });

  it('that has ended is not found any more', async () => {
    const ended = await RawClient.open(tried.gate, 'ana', 'files');
    expect((await ended.send('DELETE')).status).toBe(200);
    expect(tried.upstream.last).toMatchObject({
      method: 'DELETE',
      headers: { 'mcp-session-id': UPSTREAM_SESSION },
    });
    await tried.expectRefusal(await ended.post(call('x')), 404, 'SESSION_UNKNOWN');
    await tried.expectRefusal(await ended.send('DELETE'), 404, 'SESSION_UNKNOWN');
  });

  it('may not have two requests of one id open, or more than the limit', async () => {
    const waiting: [ServerResponse, unknown][] = [];
    tried.upstream.handler = instead('wait', (response, id) => void waiting.push([response, id]));
    const first = tried.ana.post(call('wait', 'w1'));
    await expect.poll(() => waiting.length).toBe(1);
    const again = await tried.ana.post(call('wait', 'w1'));
    await tried.expectRefusal(again, 400, 'REQUEST_DUPLICATE', -32600);

    const more = ['w2', 'w3'].map((id) => tried.ana.post(call('wait', id)));
    await expect.poll(() => waiting.length).toBe(3);
    const over = await tried.ana.post(call('wait', 'w4'));
    expect(over.headers.get('retry-after')).toBe('1');
    await tried.expectRefusal(over, 429, 'CALL_LIMIT');

    for (const [response, id] of waiting) json(response, resultText(id, `for ${id}`));
    const answers = await Promise.all([first, ...more].map(async (one) => answerOf(await one)));
    expect(answers.map(({ id }) => id)).toEqual(['w1', 'w2', 'w3']);
  });
});

describe('a token', () => {
  const claims = () => {
    const now = Math.floor(Date.now() / 1_000);
    const aud = tried.gate.endpoint('files');
    return { iss: tried.issuer.url, sub: 'ana', aud, iat: now, exp: now + 600, scope: 'mcp:call' };
  };

  async function refused(token: string | undefined, status: number, code: string) {
    const before = tried.upstream.received.length;
    const authorization = token === undefined ? undefined : `Bearer ${token}`;
    if (token !== undefined && token.length > 20) tried.secrets.add(token);
    const response = await tried.ana.post(initialize(), { authorization });
    const challenge = response.headers.get('www-authenticate') ?? '';
    await tried.expectRefusal(response, status, code, -32000);
    expect(tried.upstream.received).toHaveLength(before);
    const get = await tried.ana.send('GET', { authorization, accept: 'text/event-stream' });
    expect(get.status).toBe(status);
    expect((await tried.ana.send('DELETE', { authorization })).status).toBe(status);
    return challenge;
  }

  const metadataUrl = () => `${tried.gate.url}/.well-known/oauth-protected-resource/mcp/files`;

  it('that is good is taken', async () => {
    const authorization = `Bearer ${await sign(tried.key, claims())}`;
    expect((await tried.ana.post(initialize(), { authorization })).status).toBe(200);
  });

  it('that is missing is asked for, with the way to get one', async () => {
    const challenge = await refused(undefined, 401, 'AUTH_TOKEN_MISSING');
    expect(challenge).toBe(`Bearer resource_metadata="${metadataUrl()}", scope="mcp:call"`);
    const metadata = await fetch(/resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '');
    expect(metadata.status).toBe(200);
    expect(await metadata.json()).toMatchObject({
      resource: tried.gate.endpoint('files'),
      authorization_servers: [tried.issuer.url, tried.gate.issuer.url],
      bearer_methods_supported: ['header'],
    });
  });

  it.each<[string, () => Promise<string> | string, number, string]>([
    ['rubbish', () => 'rubbish', 401, 'AUTH_TOKEN_INVALID'],
    ['expired', () => sign(tried.key, { ...claims(), exp: 1_000 }), 401, 'AUTH_TOKEN_EXPIRED'],
    ['not valid yet', () => sign(tried.key, { ...claims(), nbf: 9e9 }), 401, 'AUTH_TOKEN_EXPIRED'],
    ['for another upstream', () => tried.gate.token('ana', 'other'), 401, 'AUTH_AUDIENCE'],
    [
      'for another gate',
      () => sign(tried.key, { ...claims(), aud: 'https://x/mcp/files' }),
      401,
      'AUTH_AUDIENCE',
    ],
    [
      'of another issuer',
      () => sign(tried.key, { ...claims(), iss: 'https://x' }),
      401,
      'AUTH_TOKEN_INVALID',
    ],
    ['forged', async () => sign(await newKey('k1'), claims()), 401, 'AUTH_TOKEN_INVALID'],
    ['unsigned', () => new UnsecuredJWT(claims()).encode(), 401, 'AUTH_TOKEN_INVALID'],
    ['without a scope', () => sign(tried.key, { ...claims(), scope: 'x' }), 403, 'AUTH_SCOPE'],
  ])('that is %s is refused', async (_name, token, status, code) => {
    const challenge = await refused(await token(), status, code);
    const error = status === 403 ? 'insufficient_scope' : 'invalid_token';
    expect(challenge).toContain(`resource_metadata="${metadataUrl()}"`);
    expect(challenge).toContain(`error="${error}"`);
  });

  it.each(['Basic YTpi', 'Bearer', 'Bearer a b', 'bearer', 'Bearer a,b', 'DPoP x'])(
    'given as %j is refused',
    async (authorization) => {
      const response = await tried.ana.post(initialize(), { authorization });
      expect(response.status).toBe(401);
      expect((await answerOf(response)).error?.data?.code).toMatch(/^AUTH_TOKEN_/);
    },
  );

  it('counts in the header only', async () => {
    const url = `${tried.gate.endpoint('files')}?access_token=${tried.ana.token}`;
    await tried.expectRefusal(await rawPost(url, initialize()), 401, 'AUTH_TOKEN_MISSING');
  });
});

/** Another last letter for the same bytes, where base64 leaves bits unused. */
function otherSpelling(id: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const spellings = [...letters].map((letter) => id.slice(0, -1) + letter);
  const bytes = Buffer.from(id, 'base64url');
  const same = (text: string) => text !== id && Buffer.from(text, 'base64url').equals(bytes);
  return spellings.find(same) ?? `${id}!`;
}

it('shows no secret in the log, in an error or in the database', () => tried.expectNoSecret());
