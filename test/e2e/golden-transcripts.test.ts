import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { erase } from '../../src/cli/erase.ts';
import { TimelineText } from '../../src/cli/replay/show/timeline-text.ts';
import { replay } from '../../src/cli/replay.ts';
import { parsePayload } from '../../src/cli/transcripts/payload.ts';
import { chaptersOf } from '../../src/replay/timeline/chapters.ts';
import { stepsInOrder } from '../../src/replay/timeline/steps-in-order.ts';
import type { Told } from '../../src/replay/timeline/timeline-step.ts';
import type { SqliteReader } from '../../src/store/sqlite/reader.ts';
import { run } from '../cli/terminal.ts';
import { clinicPolicy } from '../golden/transcripts/clinic-policy.ts';
import { clinicV1 } from '../golden/transcripts/clinic-v1.ts';
import { clinicV2 } from '../golden/transcripts/clinic-v2.ts';
import { converse } from '../golden/transcripts/conversation.ts';
import { normalised } from '../golden/transcripts/normalised.ts';
import { type Speaker, speakV1, speakV2 } from '../golden/transcripts/speaker.ts';
import { AskingUpstream } from './fixtures/asking-upstream.ts';
import { Upstream } from './fixtures/upstream.ts';
import { Approver } from './support/approver.ts';
import { type RunningGate, startGate } from './support/gate.ts';

// A conversation in every revision of the protocol, between a real client and a real server, as it is recorded.
// UPDATE_GOLDEN=1 writes the files anew; read the difference before you keep it.

const folder = resolve(import.meta.dirname, '../golden/transcripts');
const config = { admin: { listen: { port: 0 }, roles: { approver: ['group:dba'] } } };

let gate: RunningGate;
let sessions: Upstream;
let stateless: AskingUpstream;
let doctor: Approver;

beforeAll(async () => {
  sessions = await Upstream.start(clinicV1);
  stateless = await AskingUpstream.start(clinicV2);
  const upstreams = { clinic: { url: sessions.url }, modern: { url: stateless.url } };
  gate = await startGate({ upstreams, policies: clinicPolicy, config });
  doctor = await Approver.of(gate);
});
afterAll(async () => {
  await gate?.stop();
  await Promise.all([sessions?.stop(), stateless?.stop()]);
});

const at = async (upstream: string) => ({
  url: gate.endpoint(upstream),
  token: await gate.token('ana', upstream),
});
const speakers: Readonly<Record<string, () => Promise<Speaker>>> = {
  '2024-11-05': async () => {
    const url = `${gate.url}/sse/clinic`;
    return speakV2({ url, token: await gate.tokenAt('ana', url) }, '2024-11-05');
  },
  '2025-03-26': async () => speakV2(await at('clinic'), '2025-03-26'),
  '2025-06-18': async () => speakV2(await at('clinic'), '2025-06-18'),
  '2025-11-25': async () => speakV1(await at('clinic')),
  '2026-07-28': async () => speakV2(await at('modern'), '2026-07-28'),
};

it.each(Object.keys(speakers))(
  'records a conversation in %s as it always did',
  async (revision) => {
    const reader = gate.transcripts();
    const before = reader.lastPosition();
    const speaker = await (speakers[revision] as () => Promise<Speaker>)();
    await converse(speaker, doctor, () => over(reader, ['GET']));
    await over(reader);
    const records = reader.exchangesAfter('', { limit: 1_000 });
    const told = records
      .map((record) => ({ record, events: reader.events(record.id) }))
      .filter(({ events }) => (events[0]?.position ?? 0) > before);
    const same = normalised(told);
    expectGolden(`${revision}.jsonl`, linesOf(same));
    expectGolden(`${revision}.txt`, timelineOf(same));
  },
);

/** Waits until every exchange has ended, but those by these methods. */
async function over(reader: SqliteReader, but: readonly string[] = []): Promise<void> {
  const open = () =>
    reader
      .exchangesAfter('', { outcome: 'open', limit: 100 })
      .filter(({ method }) => !but.includes(method));
  await expect.poll(open).toEqual([]);
}

function linesOf(told: readonly Told[]): string {
  const lines = told.flatMap(({ record, events }) => [
    record,
    ...events.map(({ payload, exchange: _, revision: __, ...rest }) => {
      return payload === undefined ? rest : { ...rest, payload: parsePayload(payload) };
    }),
  ]);
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

function timelineOf(told: readonly Told[]): string {
  const look = { width: 120, full: false, colour: false, foretells: true };
  const text = new TimelineText(look);
  return [...stepsInOrder(chaptersOf(told))].map((step) => text.step(step)).join('');
}

function expectGolden(name: string, text: string): void {
  const file = join(folder, name);
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

describe('what was recorded so, shown with its originals', () => {
  it('has what masks changed for whoever has the key, and a record of who looked', async () => {
    const { database, folder: home } = gate;
    const [letter] = gate.transcripts().exchanges({ target: 'write_letter', limit: 1 });
    const show = (...args: string[]) => run(replay, home, 'show', '--db', database, ...args);
    const masked = await show(letter?.id ?? '');
    expect(masked.out).toContain('to: [redacted:email]');
    expect(masked.out).not.toContain('ann.lee@example.com');
    expect(masked.out).toContain('1 message came otherwise, with a sealed original');

    const opened = await show(letter?.id ?? '', '--originals', '--reason', 'a complaint');
    expect(opened).toMatchObject({ code: 0, err: '' });
    expect(opened.out).toMatch(/it came as:\n +to: ann\.lee@example\.com\n +text: Pay with 4111/);
    const [access] = gate.transcripts().exchanges({ method: 'transcripts/unseal', limit: 1 });
    expect(access).toMatchObject({ target: letter?.id, outcome: 'delivered' });

    // The record stays when its caller is erased, so it names exchanges and not what was looked for.
    const sub = letter?.sub ?? 'nobody';
    expect((await show('--sub', sub, '--originals')).code).toBe(0);
    const [wide] = gate.transcripts().exchanges({ method: 'transcripts/unseal', limit: 1 });
    const steps = JSON.stringify(gate.transcripts().events(wide?.id ?? ''));
    expect(steps).toContain(letter?.id);
    expect(steps).not.toContain(`"${sub}"`);

    await show(letter?.id ?? '', '--originals', '--html', 'page.html');
    const page = readFileSync(join(home, 'page.html'), 'utf8');
    expect(page).toContain('This page has messages as they came');
    expect(page).toContain('<code>ann.lee@example.com</code>');
  });

  it('tells what is left of an exchange that was erased', async () => {
    const { database, folder: home } = gate;
    const [letter] = gate.transcripts().exchanges({ target: 'find_patient', limit: 1 });
    const id = letter?.id ?? '';
    await run(erase, home, id, '--db', database, '--reason', 'asked for', '--yes');
    const { code, out } = await run(replay, home, 'show', id, '--db', database);
    expect(code).toBe(0);
    expect(out).toContain('#1 tools/call at modern: answered');
    expect(out).toContain('decided; the rest is erased');
    expect(out).toContain('masked; the rest is erased');
    expect(out).not.toMatch(/null|undefined|find_patient|Ann Lee/);
  });
});
