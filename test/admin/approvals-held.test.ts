import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawAgent } from '../e2e/fixtures/raw-agent.ts';
import { Upstream } from '../e2e/fixtures/upstream.ts';
import { waitingServer } from '../e2e/fixtures/waiting-server.ts';
import { AdminGate } from './admin-gate.ts';

const policies = `apiVersion: sallyport/v1
upstreams: [own]
rules:
  - id: ask
    on: { tools: [echo] }
    then: approve
    approval: { by: [group:platform] }
    mask: [{ find: [email], in: [args] }]
    reason: Somebody listens.
`;

let own: Upstream;
let gate: AdminGate;
let agent: RawAgent;
beforeAll(async () => {
  own = await Upstream.start(() => waitingServer(() => undefined));
  gate = await AdminGate.start({ upstreams: { own: { url: own.url } } });
  const bundle = await gate.bundle([{ file: 'policies/a.yaml', text: policies }]);
  expect((await gate.push(bundle)).status).toBe(200);
  const endpoint = `${gate.gateUrl}/mcp/own`;
  agent = await RawAgent.begin(endpoint, await gate.token('ana', endpoint));
});
afterAll(async () => {
  await gate?.stop();
  await own?.stop();
});

// biome-ignore lint/suspicious/noExplicitAny: tests look at what they expect.
type Body = Readonly<Record<string, any>>;

async function api(path: string, body?: object): Promise<Body> {
  const sent = { method: 'POST', headers: { 'content-type': 'application/json' } };
  const answer = await gate.send('ruth', `/v1/approvals${path}`, {
    ...(body === undefined ? {} : { ...sent, body: JSON.stringify(body) }),
  });
  return answer.body;
}

/** Calls, and waits until the call is held. */
async function held(text: string): Promise<{ id: string; answered: Promise<Response> }> {
  const answered = agent.call('echo', { text });
  const first = async () => (await api('?state=pending&limit=1')).approvals[0]?.id;
  await expect.poll(first).toBeDefined();
  return { id: await first(), answered };
}

describe('a call that a gate holds', () => {
  it('is shown as it would be sent, goes on with a yes, and is what later ones are compared with', async () => {
    const { id, answered } = await held('for ana.secret@example.org');
    const page = await api(`/${id}`);
    expect(page).toMatchObject({ target: 'echo', upstream: 'own', caller: { sub: 'ana' } });
    expect(page.demands).toMatchObject([{ rule: 'ask', at: { file: 'policies/a.yaml', line: 4 } }]);
    expect(JSON.stringify(page)).not.toContain('secret');
    expect(page.earlier.calls).toEqual([]);
    await api(`/${id}/approve`, { reason: 'fine' });
    expect(await (await answered).text()).toContain('for [');
    expect((await api(`/${id}`)).state).toBe('used');
    const next = await held('once more');
    const { usedBy } = await api(`/${id}`);
    const { earlier } = await api(`/${next.id}`);
    expect(earlier.calls).toMatchObject([{ exchange: usedBy, outcome: 'answered' }]);
    expect(earlier.approvals).toMatchObject([{ id, state: 'used', exchange: usedBy }]);
    await api(`/${next.id}/deny`, { reason: 'not twice' });
    expect(await (await next.answered).text()).toContain('not twice');
  });
});
