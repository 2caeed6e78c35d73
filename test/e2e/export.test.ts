import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AdminGate } from '../admin/admin-gate.ts';
import { BatchReceiver } from '../export/receiver.ts';
import { RawAgent } from './fixtures/raw-agent.ts';
import { Upstream } from './fixtures/upstream.ts';
import { waitingServer } from './fixtures/waiting-server.ts';

const secret = 'eve.secret@example.org';
const policies = `apiVersion: sallyport/v1
upstreams: [own]
rules:
  - { id: all, on: { tools: [echo] }, then: allow }
  - { id: hide, mask: [{ find: [email], in: [args, result] }] }
`;

let own: Upstream;
let receiver: BatchReceiver;
let gate: AdminGate;
const config = () => ({
  upstreams: { own: { url: own.url } },
  transcripts: {
    path: 'transcripts.db',
    export: {
      archive: { file: { path: 'archive/steps.jsonl' } },
      siem: { format: 'ocsf', http: { url: `${receiver.url}/in`, wait: '20ms' } },
      broken: { format: 'cef', syslog: { server: '127.0.0.1', port: 1, protocol: 'tcp' } },
    },
  },
});
beforeAll(async () => {
  own = await Upstream.start(() => waitingServer(() => undefined));
  receiver = await BatchReceiver.start();
  gate = await AdminGate.start(config() as object);
  const bundle = await gate.bundle([{ file: 'policies/a.yaml', text: policies }]);
  expect((await gate.push(bundle)).status).toBe(200);
});
afterAll(async () => {
  await gate?.stop();
  await own?.stop();
  await receiver?.stop();
});

async function call(text: string) {
  const endpoint = `${gate.gateUrl}/mcp/own`;
  const agent = await RawAgent.begin(endpoint, await gate.token('ana', endpoint));
  await agent.call('echo', { text });
}
const events = () =>
  receiver.taken.flatMap(({ text }) =>
    text.split('\n').filter(Boolean).map((line) => JSON.parse(line)),
  ); // biome-ignore format: one line says it
const calls = () => events().filter(({ api }) => api.operation === 'tools/call');
const archived = () => readFileSync(join(gate.folder, 'archive/steps.jsonl'), 'utf8');
const soon = { timeout: 9_000, interval: 20 };

describe('a gate that exports its transcripts', () => {
  it('sends what was masked to every place, and no call waits for one that is broken', async () => {
    await call(`write to ${secret}`);
    await vi.waitFor(() => expect(calls()).toHaveLength(1), soon);
    expect(calls()[0]).toMatchObject({
      actor: { user: { uid: 'ana', groups: [{ name: 'analysts' }] } },
      ...{ policy: { uid: 'all' }, disposition_id: 1, unmapped: { masked: expect.any(Number) } },
    });
    await vi.waitFor(() => expect(archived()).toContain('"kind":"answered"'), soon);
    expect(archived()).toContain('[redacted:email]');
    expect(archived() + JSON.stringify(events())).not.toContain('eve.secret');
  });

  it('tells of lag, failures and what was sent by metrics and in its log', async () => {
    const authorization = `Bearer ${await gate.token('vera')}`;
    const metrics = async () =>
      (await fetch(`${gate.url}/metrics`, { headers: { authorization } })).text();
    await vi.waitFor(async () => {
      const text = await metrics();
      expect(text).toMatch(/^sallyport_export_records_total\{export="siem",how="sent"\} [1-9]/m);
      expect(text).toMatch(/^sallyport_export_lag_steps\{export="siem"\} 0$/m);
      expect(text).toMatch(/^sallyport_export_lag_steps\{export="broken"\} [1-9]/m);
      expect(text).toMatch(/^sallyport_export_lag_seconds\{export="broken"\} [0-9.]+$/m);
      expect(text).toMatch(/^sallyport_export_failing\{export="broken"\} 1$/m);
      expect(text).toMatch(/^sallyport_export_retention_waits\{export="broken"\} 0$/m);
      expect(text).toMatch(/^sallyport_export_failures_total\{export="broken"\} [1-9]/m);
    }, soon);
    expect(gate.log.join('\n')).toContain('an export fails; it is tried until it works');
  });

  it('goes on where it was after a restart, and sends what was recorded last as it stops', async () => {
    const before = events().length;
    await gate.restart(config() as object);
    await call('again');
    await gate.restart(config() as object);
    const ids = events().map(({ metadata }) => metadata.uid);
    expect(ids.length).toBeGreaterThan(before);
    expect(new Set(ids).size).toBe(ids.length);
    expect(calls()).toHaveLength(2);
    expect(existsSync(join(gate.folder, 'exports.db'))).toBe(true);
  });
});
