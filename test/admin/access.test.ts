import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminGate, fileOf } from './admin-gate.ts';

let gate: AdminGate;
beforeAll(async () => {
  gate = await AdminGate.start();
});
afterAll(() => gate?.stop());

describe('whoever calls the admin API', () => {
  it('needs a token, and is told where to get one', async () => {
    const response = await fetch(`${gate.url}/v1/policies`);
    expect(response.status).toBe(401);
    const metadata = `${gate.url}/.well-known/oauth-protected-resource/v1`;
    expect(response.headers.get('www-authenticate')).toContain(`resource_metadata="${metadata}"`);
    expect(await response.json()).toMatchObject({ code: 'AUTH_TOKEN_MISSING', problems: [] });
    const described = await fetch(metadata);
    expect(await described.json()).toMatchObject({
      resource: `${gate.url}/v1`,
      authorization_servers: [gate.issuer.url],
    });
  });

  it.each(['', 'mcp', 'mcp/orders'])(
    'needs one for the admin API, not for the gate (%s)',
    async (path) => {
      const token = await gate.token('ruth', `${gate.gateUrl}/${path}`);
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${gate.url}/v1/policies`, { headers });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ code: 'AUTH_AUDIENCE' });
    },
  );

  it('does not get in by an audience that agents have', async () => {
    // The development issuer only takes URLs for resources, so the one that it knows stands for both.
    const resource = 'http://127.0.0.1:9/agents';
    await gate.restart({ issuers: [{ url: gate.issuer.url, audience: resource }] });
    const headers = { authorization: `Bearer ${await gate.token('ruth', resource)}` };
    const response = await fetch(`${gate.url}/v1/policies`, { headers });
    expect(await response.json()).toMatchObject({ code: 'AUTH_AUDIENCE' });
    await gate.restart();
  });

  it('may have an issuer and an audience of its own', async () => {
    const resource = 'http://127.0.0.1:9/ops';
    const roles = { admin: ['group:platform'] };
    const issuers = [{ url: gate.issuer.url, audience: resource }];
    await gate.restart({ issuers: [], admin: { listen: { port: 0 }, issuers, roles } });
    const headers = { authorization: `Bearer ${await gate.token('ruth', resource)}` };
    expect((await fetch(`${gate.url}/v1/policies`, { headers })).status).toBe(200);
    await gate.restart();
  });
});

describe('roles', () => {
  const reading = ['/v1/policies', '/v1/policies/revisions'];
  it.each([
    ['ruth', 200, 400],
    ['ci', 200, 400],
    ['vera', 200, 403],
    ['ana', 403, 403],
  ])('let %s read (%i) and change (%i) policies', async (user, reads, changes) => {
    for (const path of reading) expect((await gate.send(user, path)).status).toBe(reads);
    const push = await gate.push('not a bundle', { user });
    expect(push.status).toBe(changes);
    expect(push.body.code).toBe(changes === 403 ? 'ADMIN_ROLE' : 'BUNDLE_INVALID');
    const back = await gate.rollback('nothing', { user });
    expect(back.status).toBe(changes === 403 ? 403 : 404);
  });

  it('are looked at before the body is read', async () => {
    const authorization = `Bearer ${await gate.token('ana')}`;
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${gate.url}/v1/policies`, {
        method: 'PUT',
        headers: { authorization, 'content-type': 'application/jose', 'content-length': 1_000_000 },
      });
      sent.on('response', (response) => {
        resolve(response.statusCode);
        sent.destroy();
      });
      sent.on('error', reject);
      sent.flushHeaders();
    });
    expect(status).toBe(403);
  });
});

describe('the admin API', () => {
  it('is not where the gate is, nor the other way round', async () => {
    const authorization = `Bearer ${await gate.token('ruth')}`;
    const there = await fetch(`${gate.gateUrl}/v1/policies`, { headers: { authorization } });
    expect(there.status).toBe(404);
    const here = await fetch(`${gate.url}/mcp`, { method: 'POST', headers: { authorization } });
    expect(here.status).toBe(404);
    expect(await here.json()).toMatchObject({ code: 'HTTP_PATH' });
  });

  it('says of health only whether to send calls, to anybody', async () => {
    const alive = await fetch(`${gate.url}/healthz`);
    expect([alive.status, await alive.json()]).toEqual([200, { status: 'ok' }]);
    const before = await fetch(`${gate.url}/readyz`);
    expect([before.status, await before.json()]).toEqual([503, { status: 'no policies' }]);
    expect((await gate.push(await gate.bundle(fileOf('x')))).status).toBe(200);
    const ready = await fetch(`${gate.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ok' }]);
  });

  it.each([
    [{ host: 'evil.test' }, 'HTTP_HOST'],
    [{ host: 'localhost', origin: 'https://evil.test' }, 'HTTP_ORIGIN'],
  ])('refuses what a web page has a browser send: %o', async (odd, code) => {
    const authorization = `Bearer ${await gate.token('ruth')}`;
    const body = await new Promise<string>((resolve, reject) => {
      request(`${gate.url}/v1/policies`, { headers: { authorization, ...odd } }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve(text));
      })
        .on('error', reject)
        .end();
    });
    expect(JSON.parse(body)).toMatchObject({ code });
  });

  it('names the methods that a path takes', async () => {
    const { status, headers, body } = await gate.send('ruth', '/v1/policies', { method: 'DELETE' });
    expect([status, headers.get('allow'), body.code]).toEqual([405, 'GET, PUT', 'HTTP_METHOD']);
  });

  it('gives every error one shape', async () => {
    const answers = [
      await gate.send('ruth', '/v1/nothing'),
      await gate.send('ruth', '/v1/policies/revisions/nothing'),
      await gate.send('ruth', '/v1/%'),
      await gate.send('ruth', '/v1/policies', { method: 'PUT', body: 'x' }),
      await gate.send('ruth', '/v1/policies/rollback', {
        ...{ method: 'POST', body: '{"to":1}' },
        headers: { 'content-type': 'application/json', 'if-match': '"x"' },
      }),
    ];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'HTTP_PATH'],
      [404, 'REVISION_UNKNOWN'],
      [404, 'HTTP_PATH'],
      [415, 'HTTP_CONTENT_TYPE'],
      [400, 'ADMIN_REQUEST'],
    ]);
    for (const { body, headers } of answers) {
      expect(Object.keys(body).sort()).toEqual(
        expect.arrayContaining(['code', 'message', 'problems']),
      );
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('refuses bodies that are too large before it holds them', async () => {
    const body = 'x'.repeat(5_000);
    const { status, body: answer } = await gate.send('ruth', '/v1/policies/rollback', {
      ...{ method: 'POST', body },
      headers: { 'content-type': 'application/json', 'if-match': '"x"' },
    });
    expect([status, answer.code]).toEqual([413, 'BUNDLE_TOO_LARGE']);
  });
});
