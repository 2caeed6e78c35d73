import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check } from '../../src/cli/check.ts';
import { suggest } from '../../src/cli/suggest.ts';
import type { TranscriptBatch } from '../../src/model/transcript.ts';
import type { Recorded } from '../../src/replay/recorded-subject.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { called, facts, recorded } from '../support/recorded.ts';
import { Folder, run } from './terminal.ts';

let folder: Folder;
beforeEach(() => {
  folder = new Folder();
});
afterEach(() => folder.remove());
const ran = (...args: string[]) => run(suggest, folder.path, '--db', 't.db', ...args);

function batchOf({ record, events, identity }: Recorded): TranscriptBatch {
  const { outcome, effect, closedAt: _, rule: __, ...head } = record;
  const digest = identity && `${identity.sub} ${identity.groups.join()}`;
  return {
    facts: identity && digest ? [{ digest, facts: JSON.stringify(identity) }] : [],
    opened: [{ ...head, ...(digest ? { identity: digest } : {}) }],
    events,
    closed: [{ id: record.id, closedAt: record.openedAt + 5, outcome, ...(effect ? { effect } : {}) }], // biome-ignore format: one line says it
  };
}

async function keep(...traffic: readonly Recorded[]): Promise<void> {
  const store = await SqliteStore.open({ path: join(folder.path, 't.db'), durability: 'process' });
  await Promise.all(traffic.map((one) => store.append(batchOf(one))));
  await store.close();
}
const calls = (n: number, tool = 'query', more: Parameters<typeof called>[2] = {}) =>
  Array.from({ length: n }, (_, i) => called(tool, { sql: `select ${i}`, limit: 10 * i }, more));

describe('sallyport suggest', () => {
  it('prints a policy with the numbers behind each rule, and what was proven', async () => {
    await keep(...calls(9), ...calls(2, 'drop', { outcome: 'blocked' }));
    const { code, out, err } = await ran();
    expect(code).toBe(0);
    expect(out.replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'T')).toBe(`# Suggested from all that was recorded by "sallyport suggest". Read it before you trust it:
# it allows what was done, not what should be done.
# Arguments that were never seen are not forbidden; add "absent" where they must not come.
# It allows 9 of 9 recorded calls in enforce mode (proven before it was written).
apiVersion: sallyport/v1
upstreams:
  - db
rules:
  # 9 calls by 1 caller in 1 session, T to T
  - id: suggested-db-analysts-query
    on:
      tools: query
    when:
      identity.groups:
        contains: analysts
      args.sql:
        type: string
        length:
          lte: 10
      args.limit:
        type: integer
        gte: 0
        lte: 100
    then: allow
    mode: shadow
`); // biome-ignore format: as it is printed
    expect(err).toBe('1 rule, from 9 of 11 calls\nproven: in enforce mode it allows 9 of 9 of them\n'); // biome-ignore format: as it is printed
  });

  it('writes a file that "check" has nothing against, and never over another', async () => {
    await keep(...calls(3));
    const { out, err } = await ran('--enforce', '--out', 'new.yaml');
    expect(out).toBe('');
    expect(err).toContain('1 rule in new.yaml');
    expect(readFileSync(join(folder.path, 'new.yaml'), 'utf8')).toContain('mode: enforce');
    expect(await run(check, folder.path, 'new.yaml', '--strict')).toMatchObject({ code: 0 });
    await expect(ran('--out', 'new.yaml')).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    expect(existsSync(join(folder.path, 'new.yaml'))).toBe(true);
  });

  it('learns from what is meant only', async () => {
    await keep(...calls(3), ...calls(2, 'list', { upstream: 'crm' }), ...calls(1, 'x', { upstream: 'c' })); // biome-ignore format: one line says it
    const toolsOf = async (...args: string[]) =>
      [...(await ran(...args)).out.matchAll(/tools: (\w+)/g)].map(([, name]) => name);
    expect(await toolsOf('--upstream', 'crm')).toEqual(['list']);
    expect(await toolsOf('--upstream', 'crm', '--upstream', 'db')).toEqual(['list', 'query']);
    expect(await toolsOf('--since', '2099-01-01')).toEqual([]);
  });

  it('names what is not covered, and exits with 1', async () => {
    await keep(called('t', {}), recorded({ method: 'tools/list', sub: 'eve', identity: facts('eve', ['x']) })); // biome-ignore format: one line says it
    const { code, err } = await ran();
    expect(code).toBe(1);
    expect(err).toMatch(
      /^not covered: tools\/list at db by eve, 1 time: no rule lets eve do anything on db \(01a1fd25-[-\w]+\)$/m,
    );
  });

  it('prints rules, numbers and proof as JSON', async () => {
    await keep(...calls(4));
    const whole = JSON.parse((await ran('--json')).out) as Record<string, unknown>;
    expect(whole).toMatchObject({ read: 4, learnt: 4, allowed: 4, uncovered: [] });
    expect(whole.rules).toMatchObject([{ numbers: { calls: 4, callers: 1, sessions: 1 } }]);
  });

  it('says that nothing was recorded, writes nothing, and exits with 1', async () => {
    await keep(...calls(3));
    const err = 'nothing was recorded of nope\n';
    expect(await ran('--upstream', 'nope', '--out', 'n.yaml')).toEqual({ code: 1, out: '', err });
    expect(existsSync(join(folder.path, 'n.yaml'))).toBe(false);
    const since = await ran('--since', '2099-01-01');
    expect(since).toEqual({ code: 1, out: '', err: 'nothing was recorded since 2099-01-01\n' });
    const { code, out } = await ran('--upstream', 'nope', '--json');
    expect([code, JSON.parse(out)]).toMatchObject([1, { read: 0, rules: [] }]);
    const half = await ran('--upstream', 'db', '--upstream', 'nope');
    expect(half).toMatchObject({ code: 1, out: expect.stringContaining('tools: query') as string });
    expect(half.err).toMatch(/^nothing was recorded of nope\n1 rule, from 3 of 3 calls\n/);
  });

  it('counts calls, and no handshakes, lists or sessions that there are not', async () => {
    const method = 'tools/list';
    await keep(...calls(2).map(({ record: { session: _, ...record }, ...rest }) => ({ ...rest, record })), recorded({ method })); // biome-ignore format: one line says it
    const { code, out, err } = await ran();
    expect(code).toBe(0);
    expect(out).toContain('# It allows 2 of 2 recorded calls');
    expect(out).toContain('  # 2 calls by 1 caller, 20');
    expect(err).toBe('1 rule, from 2 of 2 calls\nproven: in enforce mode it allows 2 of 2 of them\n'); // biome-ignore format: as it is printed
  });

  it('reads more than one page', async () => {
    await keep(...calls(1_203));
    const { err } = await ran();
    expect(err).toContain('proven: in enforce mode it allows 1203 of 1203 of them');
  });
});
