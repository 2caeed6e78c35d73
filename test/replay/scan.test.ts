import { describe, expect, it } from 'vitest';
import { detectors, detectorsNamed } from '../../src/mask/detectors.ts';
import type { TranscriptEvent } from '../../src/model/transcript.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { foldedPlace } from '../../src/replay/folded-place.ts';
import type { Recorded } from '../../src/replay/recorded-subject.ts';
import { type ScanRow, scanTraffic } from '../../src/replay/scan.ts';
import { suggestedMasks } from '../../src/replay/scan-suggest.ts';
import { Scanner } from '../../src/replay/scanner.ts';
import { called, recorded } from '../support/recorded.ts';

type Step = Omit<TranscriptEvent, 'exchange' | 'seq' | 'at' | 'revision'>;
const CARD = '4111 1111 1111 1111';
const sent: Step = { kind: 'forwarded' };
const answered = (result: object): Step => ({
  kind: 'answered',
  payload: JSON.stringify({ jsonrpc: '2.0', id: 1, result }),
});
const text = (said: string) => ({ content: [{ type: 'text', text: said }] });
const noted = (...masks: object[]): Step => ({
  kind: 'masked',
  detail: { masks: masks as never, places: [] },
});
const stopped = (payload: object, more: object = {}): Step[] => [
  { kind: 'received', detail: { direction: 'down', kind: 'result', ...more }, payload: JSON.stringify(payload) },
  { kind: 'blocked', detail: { reason: 'no' }, payload: JSON.stringify({ result: text('Blocked, ask ops@example.com') }) },
]; // biome-ignore format: one line a step

const scannerOf = (...names: string[]) =>
  new Scanner(names.length > 0 ? names.flatMap(detectorsNamed) : [...detectors.values()]);
const scan = (traffic: readonly Recorded[], ...names: string[]) =>
  scanTraffic(traffic, { scanner: scannerOf(...names) });
const shown = ({ upstream, target, method, side, detector, passed, exchanges, stopped }: ScanRow) =>
  `${upstream} ${target ?? method} ${side} ${detector} ${passed}/${exchanges}/${stopped}`;
const rowsOf = async (traffic: readonly Recorded[], ...names: string[]) =>
  (await scan(traffic, ...names)).rows.map(shown);

describe('a scan', () => {
  it('takes no stand-in of the gate for data', async () => {
    const people = ['redacted@redacted.invalid', 'email.7f3a9k2m4p6q8r0s@token.invalid'];
    const steps = [sent, answered({ ...text('-'), structuredContent: { people } })];
    expect(await rowsOf([called('get', {}, { steps })], 'email')).toEqual([]);
  });

  it('counts what passed by upstream, tool, direction and detector, and says where', async () => {
    const traffic = [
      called('get', { to: 'x@example.com' }, { steps: [sent, answered(text('a@example.com b@example.com'))] }),
      called('get', {}, { steps: [sent, answered({ ...text('-'), structuredContent: { rows: [{ mail: 'c@example.com' }, { mail: 'd@example.com', card: CARD }] } })] }),
      called('pay', {}, { upstream: 'bank', steps: [sent, answered(text(CARD))] }),
    ]; // biome-ignore format: one line a call
    const { rows, exchanges, messages } = await scan(traffic, 'email', 'payment-card');
    expect(rows.map(shown)).toEqual([
      'db get result email 4/2/0',
      'bank pay result payment-card 1/1/0',
      'db get args email 1/1/0',
      'db get result payment-card 1/1/0',
    ]);
    expect([exchanges, messages]).toEqual([3, 6]);
    const [first, , third] = rows;
    expect(first?.places).toEqual([
      'result.content[*].text',
      'result.structuredContent.rows[*].mail',
    ]);
    expect(third?.places).toEqual(['params.arguments.to']);
    expect(first?.example).toBe(traffic[0]?.record.id);
    expect(JSON.stringify(rows)).not.toMatch(/@example|4111/);
  });

  it('counts apart what was stopped, and does not read what the gate itself answers', async () => {
    const blockedUp = called('send', { to: 'x@example.com' }, {
      outcome: 'blocked',
      steps: [{ kind: 'blocked', detail: { reason: 'no' }, payload: '{"result":{"content":[{"type":"text","text":"ask ops@example.com"}]}}' }],
    }); // biome-ignore format: one line a step
    const blockedDown = called('read', {}, {
      steps: [sent, ...stopped({ jsonrpc: '2.0', id: 1, result: text('y@example.com') })],
    }); // biome-ignore format: one line a step
    const crashed = called('late', { to: 'z@example.com' }, { outcome: 'open', steps: [] });
    expect(await rowsOf([blockedUp, blockedDown, crashed], 'email')).toEqual([
      'db late args email 0/0/1',
      'db read result email 0/0/1',
      'db send args email 0/0/1',
    ]);
  });

  it('looks into what was kept of a message that was cut', async () => {
    const cut = { jsonrpc: '2.0', id: 1, result: text('y@example.com') };
    const [received, ...others] = stopped(cut, { characters: 90_000, sha256: 'x' });
    const payload = received?.payload?.slice(0, -5) ?? '';
    const steps = [sent, { ...received, payload } as Step, ...others];
    const found = await scan([called('read', {}, { steps })], 'email');
    expect(found.cut).toBe(1);
    expect(found.rows.map(shown)).toEqual(['db read result email 0/0/1']);
  });

  it('reads notifications, questions of upstreams and answers of clients', async () => {
    const note = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'a@example.com' } }; // biome-ignore format: one line says it
    const steps: Step[] = [
      sent,
      { kind: 'forwarded', payload: JSON.stringify(note) },
      answered(text('b@example.com')),
    ];
    const reply = recorded({
      method: 'answer',
      opened: { kind: 'result' },
      payload:
        '{"jsonrpc":"2.0","id":7,"result":{"content":{"type":"text","text":"c@example.com"}}}',
      steps: [sent],
    });
    expect(await rowsOf([called('get', {}, { steps }), reply], 'email')).toEqual([
      'db get result email 2/1/0',
      'db answer args email 1/1/0',
    ]);
  });

  const EMAIL = { rule: 'hide', what: 'email', count: 1, places: ['content[0].text'] };
  const own: readonly (readonly [string, string, object | undefined])[] = [
    ['a placeholder', '[redacted:email] [redacted:password] secret=[redacted:keyed-secret]', undefined],
    ['a token of a detector', 'password: us-ssn:0123456789abcdef token=secrets:zzzzzzzzzzzzzzzz', undefined],
    ['a token with a name of its own', 'secret: person:0123456789abcdef', { rule: 'r', what: 'secrets', with: 'token', count: 1 }],
    ['what a detector found and replaced', 'nobody@example.com', { ...EMAIL, with: 'replace' }],
    ['an address that was generalized', '10.1.2.0/24', { rule: 'r', what: 'ip-address', with: 'generalize', count: 1 }],
    ['what took the place of a field', '0123456789abcdef', { rule: 'r', what: '*password*', with: 'hash', count: 1, places: ['content[0].text'] }],
    ['the same at a path', 'nobody@example.com', { rule: 'r', what: 'content[0].text', with: 'replace', count: 1, places: ['content[0].text'] }],
  ]; // biome-ignore format: one line a case
  it.each(own)('takes no %s for a finding', async (_, said, mask) => {
    const steps = [sent, ...(mask ? [noted(mask)] : []), answered(text(said))];
    expect(await rowsOf([called('get', {}, { steps })])).toEqual([]);
  });

  it('finds what a mask of another kind has left in the same text', async () => {
    const steps = [sent, noted({ ...EMAIL, with: 'redact' }), answered(text(`[redacted:email] ${CARD}`))]; // biome-ignore format: one line says it
    expect(await rowsOf([called('get', {}, { steps })], 'payment-card', 'email')).toEqual([
      'db get result payment-card 1/1/0',
    ]);
  });

  it('finds what only looks like a token', async () => {
    const steps = [sent, answered(text('password:kq7zr2m9x4vtb8wd'))];
    expect(await rowsOf([called('get', {}, { steps })], 'secrets')).toHaveLength(1);
  });

  it('reads the one step for each mask of older transcripts', async () => {
    const old: Step = { kind: 'masked', detail: { rule: 'r', what: 'email', count: 1 } };
    const steps = [old, sent, answered(text('a@example.com'))];
    const traffic = [called('get', { a: 'b*@example.com' }, { steps })];
    expect(await rowsOf(traffic, 'email')).toEqual(['db get result email 1/1/0']);
  });

  it('leaves out what the gate adds to messages', async () => {
    const meta = { 'dev.sallyport/decision': { reason: 'ask ops@example.com' }, other: 'a@example.com' }; // biome-ignore format: one line says it
    const steps = [sent, answered({ ...text('-'), _meta: meta })];
    expect(await rowsOf([called('get', {}, { steps })], 'email')).toEqual([
      'db get result email 1/1/0',
    ]);
  });

  it('tells no value in a place, whatever members are called', () => {
    const hides = (name: string) => name.includes('@');
    expect(foldedPlace('rows[3].email', hides)).toBe('rows[*].email');
    expect(foldedPlace('by["ana@example.com"].card', hides)).toBe('by[*].card');
    expect(foldedPlace('users["4711-0815"].card', hides)).toBe('users[*].card');
    expect(foldedPlace('["first name"].x', hides)).toBe('["first name"].x');
  });

  it('narrows to tools', async () => {
    const steps = [sent, answered(text('a@example.com'))];
    const traffic = [called('get', {}, { steps }), called('put', {}, { steps })];
    const found = await scanTraffic(traffic, { scanner: scannerOf('email'), targets: ['put'] });
    expect(found.rows.map(shown)).toEqual(['db put result email 1/1/0']);
    expect(found.exchanges).toBe(1);
  });

  it('suggests rules that compile, and that would have masked it', async () => {
    const steps = [sent, answered(text(`a@example.com ${CARD}`))];
    const read = recorded({
      ...{ method: 'resources/read', target: 'file:///a', params: { uri: 'file:///a' } },
      steps: [sent, answered({ contents: [{ uri: 'file:///a', text: 'b@example.com' }] })],
    });
    const listed = recorded({ method: 'tools/list', steps: [sent, answered({ tools: [{ name: 'x', description: 'ask c@example.com' }] })] }); // biome-ignore format: one line says it
    const traffic = [
      called('get "it"\u202e', { to: 'x@example.com' }, { steps }),
      called('pay', {}, { upstream: 'bank', steps }),
      read,
      listed,
    ];
    const { rows } = await scan(traffic, 'email', 'payment-card');
    const suggested = suggestedMasks(rows);
    const { policies, problems } = compilePolicies([{ file: 's.yaml', text: suggested }]);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(policies?.rules).toHaveLength(4);
    expect(suggested).not.toContain('\u202e');
    expect(suggested).toContain(`upstreams:
  - bank
rules:
  - id: mask-bank-pay
    on:
      tools: pay
    mask:
      find:
        - email
        - payment-card
`);
    expect(suggestedMasks([])).toBe('');
  });

  it('suggests all secrets where one passed, and all national ids', async () => {
    const ssn = {
      detector: 'us-ssn',
      upstream: 'hr',
      method: 'tools/call',
      target: 'get',
    } as const;
    const row = {
      ...({ kind: 'tools', side: 'result', passed: 1, exchanges: 1, stopped: 0 } as const),
      ...{ example: 'x', places: [] },
      ...ssn,
    };
    const found = ['us-ssn', 'jwt', 'aws-key', 'uk-nino', 'own'];
    const suggested = suggestedMasks(found.map((detector) => ({ ...row, detector })));
    expect(suggested).toContain('find:\n        - own\n        - person-id\n        - secrets\n');
  });

  it('says now and then how far it is', async () => {
    const told: number[] = [];
    const traffic = Array.from({ length: 10_001 }, () => called('get', {}));
    await scanTraffic(traffic, { scanner: scannerOf('email'), progress: (n) => told.push(n) });
    expect(told).toEqual([5_000, 10_000]);
  });
});
