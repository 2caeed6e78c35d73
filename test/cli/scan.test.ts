import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scan } from '../../src/cli/scan.ts';
import type { TranscriptBatch } from '../../src/model/transcript.ts';
import type { Recorded } from '../../src/replay/recorded-subject.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { called, START } from '../support/recorded.ts';
import { Folder, run } from './terminal.ts';

let folder: Folder;
beforeEach(() => {
  folder = new Folder();
});
afterEach(() => folder.remove());
const ran = (...args: string[]) => run(scan, folder.path, '--db', 't.db', ...args);

function batchOf({ record, events }: Recorded): TranscriptBatch {
  const { outcome, effect: _, closedAt: __, rule: ___, ...head } = record;
  return {
    opened: [head],
    events,
    closed: [{ id: record.id, closedAt: record.openedAt + 5, outcome }],
  };
}

async function keep(...traffic: readonly Recorded[]): Promise<void> {
  const store = await SqliteStore.open({ path: join(folder.path, 't.db'), durability: 'process' });
  for (const one of traffic) await store.append(batchOf(one));
  await store.close();
}
const said = (tool: string, text: string, more: Parameters<typeof called>[2] = {}) => {
  const result = { content: [{ type: 'text', text }] };
  const payload = JSON.stringify({ jsonrpc: '2.0', id: 1, result });
  return called(
    tool,
    {},
    { steps: [{ kind: 'forwarded' }, { kind: 'answered', payload }], ...more },
  );
};

describe('sallyport scan', () => {
  it('prints what passed, where, and rules to paste', async () => {
    await keep(
      said('get', 'a@example.com E-123456'),
      said('get', 'b@example.com'),
      said('pay', '-'),
    );
    const { code, out, err } = await ran('--detectors', 'email');
    expect(code).toBe(0);
    expect(err).toBe('');
    const plain = out
      .replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'T')
      .replace(/exchange \S{8}\n/, 'exchange ID\n');
    expect(plain).toBe(`3 exchanges with 6 messages, T to T
2 findings passed unmasked

upstream  what  way   detector  passed  exchanges  stopped
db        get   down  email     2       2          0
  at result.content[*].text; for one, see exchange ID

# Rules that would have masked what passed:
apiVersion: sallyport/v1
upstreams:
  - db
rules:
  - id: mask-db-get
    on:
      tools: get
    mask:
      find:
        - email
`);
  });

  it('prints one JSON object', async () => {
    await keep(said('get', 'a@example.com'));
    const { out } = await ran('--detectors', 'email', '--json');
    expect(JSON.parse(out)).toMatchObject({
      ...{ exchanges: 1, messages: 2, cut: 0, more: 0, failed: false },
      findings: [
        {
          ...{ upstream: 'db', method: 'tools/call', target: 'get', side: 'result' },
          ...{ detector: 'email', passed: 1, exchanges: 1, stopped: 0 },
          places: ['result.content[*].text'],
        },
      ],
      suggested: expect.stringContaining('find:'),
    });
    expect(out).not.toContain('a@example');
  });

  it('says that nothing was found', async () => {
    await keep(said('get', 'nothing'));
    const { code, out } = await ran();
    expect(code).toBe(0);
    expect(out).toMatch(/^1 exchange with 2 messages, .*\nno findings passed unmasked\n$/);
  });

  it('fails on what it is told to fail on, once that passed', async () => {
    await keep(said('get', 'a@example.com'));
    expect(await ran('--fail-on', 'contact,secrets')).toMatchObject({ code: 1, err: 'passed unmasked: contact,secrets\n' }); // biome-ignore format: one line says it
    expect(await ran('--fail-on', 'secrets')).toMatchObject({ code: 0 });
    const json = await ran('--fail-on', 'email', '--json');
    expect(JSON.parse(json.out)).toMatchObject({ failed: true });
    const stopped = said('put', '-', {
      steps: [{ kind: 'blocked', detail: { reason: 'no' } }],
      params: { name: 'put', arguments: { a: '4111 1111 1111 1111' } },
      outcome: 'blocked',
    });
    await keep(stopped);
    const { code, out } = await ran('--fail-on', 'payment-card');
    expect(code).toBe(0);
    expect(out).toContain('1 more were stopped');
  });

  it('narrows by time, upstream and tool', async () => {
    const later = START + 90_000_000;
    await keep(
      said('get', 'a@example.com'),
      said('put', 'b@example.com'),
      said('get', 'c@example.com', { upstream: 'crm' }),
      said('late', 'd@example.com', { openedAt: later }),
    );
    const tools = async (...args: string[]) => {
      const { out } = await ran('--detectors', 'email', '--json', ...args);
      const { findings } = JSON.parse(out) as { findings: { upstream: string; target: string }[] };
      return findings.map(({ upstream, target }) => `${upstream} ${target}`).sort();
    };
    expect(await tools()).toEqual(['crm get', 'db get', 'db late', 'db put']);
    expect(await tools('--tool', 'put', '--tool', 'late')).toEqual(['db late', 'db put']);
    expect(await tools('--upstream', 'crm')).toEqual(['crm get']);
    expect(await tools('--upstream', 'crm', '--upstream', 'db')).toHaveLength(4);
    expect(await tools('--since', new Date(later).toISOString())).toEqual(['db late']);
    expect(await tools('--until', new Date(later - 1).toISOString())).toHaveLength(3);
  });

  it('finds what a policy defines as a detector', async () => {
    folder.write({
      'own.yaml': `apiVersion: sallyport/v1
detectors: { employee-id: { pattern: '\\bE-\\d{6}\\b' } }
rules:
  - { id: r, on: { tools: other }, mask: { find: employee-id } }
`,
    });
    await keep(said('get', 'ask E-123456'));
    const args = ['--policy', 'own.yaml', '--detectors', 'employee-id', '--fail-on', 'employee-id'];
    const { code, out } = await ran(...args);
    expect(code).toBe(1);
    expect(out).toContain('employee-id');
  });

  it.each([
    ['an unknown detector', ['--detectors', 'emial']],
    ['to fail on what is not looked for', ['--detectors', 'email', '--fail-on', 'secrets']],
    ['a time that is none', ['--until', 'yesterday']],
    ['a span that ends before it begins', ['--since', '2026-02-01', '--until', '2026-01-01']],
    ['words', ['email']],
  ])('refuses %s', async (_, args) => {
    await keep(said('get', '-'));
    await expect(ran(...args)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('says that there is no database', async () => {
    await expect(ran()).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
    expect((await ran('--help')).out).toContain('Example:');
  });
});
