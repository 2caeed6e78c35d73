import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawAgent } from '../e2e/fixtures/raw-agent.ts';
import { Upstream } from '../e2e/fixtures/upstream.ts';
import { waitingServer } from '../e2e/fixtures/waiting-server.ts';
import { AdminGate } from './admin-gate.ts';

const secret = 'eve.secret@example.org';
const policies = `apiVersion: sallyport/v1
upstreams: [own]
rules:
  - { id: all, on: { tools: [echo] }, then: allow }
  - { id: hide, mask: [{ find: [email], in: [args, result] }] }
`;

let own: Upstream;
let gate: AdminGate;
beforeAll(async () => {
  own = await Upstream.start(() => waitingServer(() => undefined));
  gate = await AdminGate.start({ upstreams: { own: { url: own.url } } });
  const bundle = await gate.bundle([{ file: 'policies/a.yaml', text: policies }]);
  expect((await gate.push(bundle)).status).toBe(200);
  const endpoint = `${gate.gateUrl}/mcp/own`;
  // The issuer of these tests has one audience for agents.
  const agent = await RawAgent.begin(endpoint, await gate.token('ana', endpoint));
  await agent.call('echo', { text: `${secret} and bob.secret@example.org` });
});
afterAll(async () => {
  await gate?.stop();
  await own?.stop();
});

async function scrape(user: string, path = '/metrics') {
  const authorization = `Bearer ${await gate.token(user)}`;
  const response = await fetch(`${gate.url}${path}`, { headers: { authorization } });
  return { response, text: await response.text() };
}

describe('metrics', () => {
  it('tell what masks have found, beside rules and the process, as Prometheus reads it', async () => {
    const { response, text } = await scrape('vera');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const kind = 'rule="hide",upstream="own",detector="email",masker="redact"';
    expect(text).toMatch(new RegExp(`^sallyport_masked_findings_total\\{${kind}\\} [1-9]`, 'm'));
    expect(text).toMatch(/^sallyport_mask_messages_total\{how="masked"\} [1-9]/m);
    expect(text).toContain('sallyport_mask_messages_total{how="failed"} 0');
    expect(text).toMatch(/^sallyport_rule_messages_total\{rule="all",how="decided"\} [1-9]/m);
    expect(text).toMatch(/^sallyport_sessions 1$/m);
    expect(text).toMatch(/^sallyport_info\{version="[^"]+",revision="[0-9a-f]{12}"\} 1$/m);
    expect(text).toContain('process_resident_memory_bytes');
    expect(text).not.toContain('secret');
  });

  it('say the same when they are asked again', async () => {
    const counts = async () =>
      (await scrape('vera')).text.split('\n').filter((line) => /^sallyport_m/.test(line));
    expect(await counts()).toEqual(await counts());
  });

  it('are JSON for whoever reads that', async () => {
    const { text } = await scrape('vera', '/v1/masks');
    const { messages, masks } = JSON.parse(text);
    expect(messages).toMatchObject({ failed: 0 });
    expect(masks).toEqual([
      ...[{ rule: 'hide', upstream: 'own', what: 'email', masker: 'redact' }].map((kind) => ({
        ...kind,
        findings: expect.any(Number),
      })),
    ]);
    expect(text).not.toContain('secret');
  });

  it.each(['/metrics', '/v1/masks'])('at %s are for those with a role', async (path) => {
    for (const user of ['ruth', 'ci', 'vera']) {
      expect((await scrape(user, path)).response.status).toBe(200);
    }
    const { response, text } = await scrape('ana', path);
    expect([response.status, JSON.parse(text).code]).toEqual([403, 'ADMIN_ROLE']);
    expect((await fetch(`${gate.url}${path}`)).status).toBe(401);
  });
});
