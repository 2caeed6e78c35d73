import { afterAll, beforeAll, expect, it } from 'vitest';
import { scan } from '../../src/cli/scan.ts';
import { run } from '../cli/terminal.ts';
import { answerOf, RawAgent } from './fixtures/raw-agent.ts';
import { type RawUpstream, startRawUpstream } from './fixtures/raw-upstream.ts';
import { type RunningGate, startGate } from './support/gate.ts';

// What a real gate has recorded: with masks of every kind there is nothing left to find, without them there is.

const bare = `apiVersion: sallyport/v1
rules:
  - { id: all, on: { tools: ['*'] }, then: allow }
`;
const masked = `${bare}
  - id: hide
    on: { tools: [get_person] }
    mask:
      - { find: email, with: { token: { scope: crm, as: person } }, notice: true, in: [args, result] }
      - { find: phone, with: { token: { scope: crm } } }
      - { find: payment-card, with: { replace: nobody@example.com } }
      - { find: secrets, with: hash }
      - { find: ip-address, with: generalize }
      - { fields: [password], with: hash }
      - { path: 'structuredContent.people[*].ssn', with: remove }
      - { find: us-ssn }
      - { find: person-name, with: { keep: { first: 1 } } }
  - id: crm
    on: { tools: [send_mail] }
    reveal: { find: [email], scope: crm }
`;
const person = {
  ...{ name: 'Ana Pop', email: 'ana.pop@example.com', phone: '+1 415 555 2671' },
  ...{ card: '4111 1111 1111 1111', ssn: '536-90-4399', password: 'correct-horse-9' },
  ...{ host: '203.0.113.77', key: 'ghp_16C7e42F292c6912E7710c838347Ae178B4a' },
};

let upstream: RawUpstream;
const gates: RunningGate[] = [];

beforeAll(async () => {
  upstream = await startRawUpstream({
    'tools/call': () => {
      const text = JSON.stringify({ people: [person] });
      return JSON.stringify({
        content: [{ type: 'text', text }],
        structuredContent: { people: [person] },
      });
    },
  });
});
afterAll(async () => {
  await Promise.all(gates.map((gate) => gate.stop()));
  await upstream?.stop();
});

async function scanned(policies: string) {
  const gate = await startGate({ upstreams: { crm: { url: upstream.url } }, policies });
  gates.push(gate);
  const ana = await RawAgent.begin(gate.endpoint('crm'), await gate.token('ana', 'crm'), {});
  const answer = JSON.stringify(await answerOf(await ana.call('get_person', { by: person.email })));
  const token = /person:[0-9a-hjkmnp-tv-z]{16}/.exec(answer)?.[0];
  if (token) await answerOf(await ana.call('get_person', { by: `the password: ${token}` }));
  const { out } = await run(scan, gate.folder, '--db', gate.database, '--json');
  const { findings, messages } = JSON.parse(out) as {
    findings: { detector: string; side: string; places: string[] }[];
    messages: number;
  };
  expect(messages).toBeGreaterThan(4);
  return { answer, findings };
}

it('finds what passes without masks, on both ways', async () => {
  const { findings } = await scanned(bare);
  const found = findings.map(({ detector, side }) => `${side} ${detector}`);
  expect(found).toEqual(
    expect.arrayContaining([
      ...['args email', 'result email', 'result phone', 'result payment-card'],
      ...['result us-ssn', 'result ip-address', 'result github-token'],
    ]),
  );
  const email = findings.find(({ detector, side }) => detector === 'email' && side === 'result');
  expect(email?.places).toContain('result.structuredContent.people[*].email');
});

it('finds nothing once masks are in force, whatever they leave in its place', async () => {
  const { answer, findings } = await scanned(masked);
  for (const value of Object.values(person)) expect(answer).not.toContain(value);
  expect(findings).toEqual([]);
});
