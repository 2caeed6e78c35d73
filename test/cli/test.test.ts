import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { test } from '../../src/cli/test.ts';
import { exit } from '../../src/cli/verb.ts';
import { Folder, run } from './terminal.ts';

const POLICY = `apiVersion: sallyport/v1
upstreams: [db]
rules:
  - id: read
    on: { tools: [query] }
    when: { identity.groups: { contains: analysts } }
    then: allow
    mask: { find: email }
  - id: no-drop
    on: { tools: [drop] }
    then: block
`;
const suite = (...cases: string[]) =>
  `identities:\n  ana: { groups: [analysts] }\ncases:\n${cases.map((text) => `  - ${text}\n`).join('')}`;
const READS =
  '{ name: reads, as: ana, call: { upstream: db, tool: query }, expect: { effect: allow, rule: read } }';
const DROPS =
  '{ name: drops, as: ana, call: { upstream: db, tool: drop }, expect: { rule: no-drop } }';
const WRONG =
  '{ name: is wrong, as: ana, call: { upstream: db, tool: query }, ' +
  'result: { structuredContent: { rows: [{ mail: ada@example.com }] } }, ' +
  'expect: { effect: block, output: { structuredContent: { rows: [{ mail: ada@example.com }] } } } }';

let folder: Folder;
beforeEach(() => {
  folder = new Folder();
});
afterEach(() => folder.remove());
const ran = (...args: string[]) => run(test, folder.path, ...args);

describe('sallyport test', () => {
  it('says that all passed, and what is covered', async () => {
    folder.write({ 'policies/a.yaml': POLICY, 'policies/a_test.yaml': suite(READS, DROPS) });
    expect(await ran()).toEqual({
      code: exit.fine,
      out: '2 passed, 0 failed\n100 % of 2 rules covered\n',
      err: '',
    });
  });

  it('shows where a case failed, what was expected and what came, and fails', async () => {
    folder.write({ 'policies/a.yaml': POLICY, 'policies/a_test.yaml': suite(READS, WRONG) });
    const { code, out } = await ran();
    expect(code).toBe(exit.found);
    expect(out.split('\n')).toEqual([
      'FAIL policies/a_test.yaml:5:5 is wrong',
      expect.stringMatching(
        /^ {2}effect \(policies\/a_test\.yaml:5:\d+\): expected "block", got "allow"$/,
      ),
      expect.stringMatching(
        /structuredContent\.rows\[0\]\.mail: expected "ada@example\.com", got "\[redacted:email\]"$/,
      ),
      '  decided: allowed by rule read',
      '1 passed, 1 failed',
      '50 % of 2 rules covered',
      'not covered: policies/a.yaml:9 no-drop',
      '',
    ]);
  });

  it('fails below the coverage asked for', async () => {
    folder.write({ 'policies/a.yaml': POLICY, 'policies/a_test.yaml': suite(READS) });
    expect((await ran('--min-coverage', '50')).code).toBe(exit.fine);
    const { code, err } = await ran('--min-coverage', '51');
    expect(code).toBe(exit.found);
    expect(err).toBe('coverage is below the 51 % asked for\n');
    await expect(ran('--min-coverage', 'most')).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('names policy files that no test file is about, and counts their rules', async () => {
    folder.write({
      'policies/a.yaml': POLICY,
      'policies/a_test.yaml': suite(READS, DROPS),
      'policies/b.yaml': POLICY.replaceAll('id: ', 'id: b-'),
    });
    const { code, out } = await ran();
    expect(code).toBe(exit.fine);
    expect(out).toContain('50 % of 4 rules covered\n');
    expect(out).toContain('no test file: policies/b.yaml\n');
  });

  it('tests the policies that a test file names, each test file by itself', async () => {
    folder.write({
      'p/a.yaml': POLICY,
      'p/tests/first_test.yaml': `policies: [../a.yaml]\n${suite(READS)}`,
      'p/tests/second_test.yaml': `policies: ../a.yaml\n${suite(DROPS)}`,
    });
    const { code, out } = await ran('p');
    expect(out).toBe('2 passed, 0 failed\n100 % of 2 rules covered\n');
    expect(code).toBe(exit.fine);
  });

  it('reports wrong keys in a test file with their place, and counts its cases as failed', async () => {
    const text = suite(READS.replace('expect:', 'expects:'), DROPS);
    folder.write({ 'policies/a.yaml': POLICY, 'policies/a_test.yaml': text });
    const { code, out } = await ran();
    expect(code).toBe(exit.found);
    expect(out).toMatch(
      /^policies\/a_test\.yaml:4:\d+ error TEST_UNKNOWN_KEY a case has no key "expects"; did you mean "expect"\?$/m,
    );
    expect(out).toContain('\n0 passed, 2 failed\n');
  });

  it('reports policies that do not compile, and policies that are not there', async () => {
    folder.write({
      'p/a.yaml': POLICY.replace('then: block', 'then: blok'),
      'p/a_test.yaml': suite(DROPS),
      'p/b_test.yaml': `policies: [c.yaml]\n${suite(DROPS)}`,
      'p/d_test.yaml': suite(DROPS),
    });
    const { code, out } = await ran('p');
    expect(code).toBe(exit.found);
    expect(out).toContain('p/a.yaml:11:11 error POLICY_UNKNOWN_VALUE');
    expect(out).toContain('p/b_test.yaml:1:11 error TEST_NO_POLICY cannot read p/c.yaml');
    expect(out).toContain('p/d_test.yaml:1:1 error TEST_NO_POLICY');
    expect(out).toContain('\n0 passed, 3 failed\n');
  });

  it('reports a test file that is empty, or without cases', async () => {
    folder.write({
      'p/a.yaml': POLICY,
      'p/a_test.yaml': '',
      'p/b_test.yaml': 'policies: a.yaml\n',
    });
    const { code, out } = await ran('p');
    expect(code).toBe(exit.found);
    expect(out).toContain('p/a_test.yaml:1:1 error TEST_EMPTY');
    expect(out).toContain('p/b_test.yaml:1:1 error TEST_MISSING_KEY cases is missing');
  });

  it('judges by the time, address and client that a case gives', async () => {
    const policy = `apiVersion: sallyport/v1
rules:
  - id: window
    on: { tools: [t] }
    when:
      request.time: { gte: "2026-02-01T00:00:00Z", lt: "2026-03-01T00:00:00Z" }
      request.ip: { cidr: 10.0.0.0/8 }
      client.name: { eq: agent }
    then: allow
`;
    const at = (time: string, effect: string) =>
      `{ name: a, as: ana, client: { name: agent }, request: { time: "${time}", ip: 10.0.0.7 }, ` +
      `call: { upstream: db, tool: t }, expect: { effect: ${effect} } }`;
    const cases = [
      at('2026-02-01T00:00:00Z', 'allow'),
      at('2026-02-28T23:59:59.999Z', 'allow'),
      at('2026-03-01T00:00:00Z', 'block'),
      '{ name: b, as: ana, call: { upstream: db, tool: t }, expect: { effect: block } }',
    ];
    folder.write({ 'policies/a.yaml': policy, 'policies/a_test.yaml': suite(...cases) });
    expect((await ran()).out).toContain('4 passed, 0 failed\n');
  });

  it('writes JSON for programs', async () => {
    folder.write({ 'policies/a.yaml': POLICY, 'policies/a_test.yaml': suite(READS, WRONG) });
    const { code, out } = await ran('--json');
    expect(code).toBe(exit.found);
    expect(JSON.parse(out)).toMatchObject({
      passed: 1,
      failed: 1,
      covered: 1,
      coverage: 50,
      suites: [
        {
          file: 'policies/a_test.yaml',
          cases: [
            { name: 'reads', passed: true },
            { name: 'is wrong', passed: false, mismatches: [{ key: 'effect' }, { key: 'output' }] },
          ],
        },
      ],
      rules: [
        { id: 'read', covered: true },
        { id: 'no-drop', covered: false },
      ],
    });
  });

  it('refuses a path that holds neither policies nor tests', async () => {
    folder.write({ 'empty/README.md': '' });
    await expect(ran('empty')).rejects.toMatchObject({ code: 'POLICY_UNREADABLE' });
    await expect(ran('nowhere')).rejects.toMatchObject({ code: 'POLICY_UNREADABLE' });
    await expect(ran('--jsn')).rejects.toMatchObject({ hint: 'did you mean "--json"?' });
  });

  it('explains itself with an example', async () => {
    const { code, out } = await ran('--help');
    expect(code).toBe(exit.fine);
    expect(out).toContain('$ sallyport test policies/orders_test.yaml');
  });
});

describe('the policies that come with the product', () => {
  it('have tests that pass and cover every rule', async () => {
    const root = new URL('../..', import.meta.url).pathname;
    const { code, out } = await run(test, root, 'policies', '--min-coverage', '100');
    expect(out).toMatch(/^[1-9]\d+ passed, 0 failed\n100 % of \d+ rules covered\n$/);
    expect(code).toBe(exit.fine);
  });
});
