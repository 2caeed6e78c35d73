import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** True where every element of XML is closed by its own name. */
function wellFormed(xml: string): boolean {
  const open: string[] = [];
  const rest = xml
    .replace(/^<\?.*?\?>/, '')
    .replace(
      /<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g,
      (_, close, name, _attributes, empty) => {
        if (close) return open.pop() === name ? '' : '<';
        if (!empty) open.push(name);
        return '';
      },
    );
  return open.length === 0 && !/[<>]|&(?!(?:amp|lt|gt|quot|#\d+);)/.test(rest);
}

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

  it('writes JUnit XML that holds whatever a name or value holds', async () => {
    const odd =
      '{ name: "<a> & \\"b\\" \\u0001\\n]]>", as: ana, call: { upstream: db, tool: query }, expect: { rule: "\\u0007<x>" } }';
    folder.write({
      'p/a.yaml': POLICY,
      'p/a_test.yaml': suite(READS, odd),
      'p/b_test.yaml': `policies: a.yaml\n${suite(READS.replace('expect:', 'expects:'), DROPS)}`,
    });
    expect((await ran('p', '--junit', 'out.xml')).code).toBe(exit.found);
    const xml = readFileSync(join(folder.path, 'out.xml'), 'utf8');
    expect(xml).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="sallyport" tests="4" failures="1" errors="2">/,
    );
    expect(xml).toContain('<testsuite name="p/a_test.yaml" tests="2" failures="1" errors="0">');
    expect(xml).toContain('<testsuite name="p/b_test.yaml" tests="2" failures="0" errors="2">');
    expect(xml).toContain('classname="p/a_test.yaml" name="reads" file="p/a_test.yaml" line="4"/>');
    expect(xml).toContain('name="&lt;a&gt; &amp; &quot;b&quot; \\u0001&#10;]]&gt;"');
    expect(xml).toContain('expected &quot;\\u0007&lt;x&gt;&quot;, got &quot;read&quot;');
    expect(xml).toContain('TEST_UNKNOWN_KEY a case has no key &quot;expects&quot;');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 forbids them.
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
    expect(wellFormed(xml)).toBe(true);
    expect((await ran('p', '--junit', '-')).out).toBe(xml);
    await expect(ran('p', '--junit', '-', '--json')).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('judges errors of the upstream, facts of tools, limits, and messages of the server', async () => {
    const policy = `apiVersion: sallyport/v1
upstreams: [db]
rules:
  - { id: get, on: { tools: [get] }, then: allow }
  - id: no-internal-errors
    on: { tools: [get] }
    when: { error.code: { lt: -32000 } }
    then: block
  - id: no-odd-tools
    on: { tools: ["*"] }
    when: { any: [{ tool.flags: { contains: hidden-characters } }, { tool.description: { matches: ignore } }] }
    then: block
  - id: ten-an-hour
    on: { tools: [get] }
    limit: { calls: 10, per: 1h }
  - { id: may-sample, on: { methods: [sampling/createMessage] }, when: { args.maxTokens: { lte: 100 } }, then: allow }
  - { id: may-tell, on: { methods: ["notifications/x"] }, then: allow }
`;
    const one = (name: string, rest: string) => `{ name: ${name}, as: ana, ${rest} }`;
    const get = (more = '') => `call: { upstream: db, tool: get${more} }`;
    const known = ', facts: { description: gets }';
    folder.write({
      'p/a.yaml': policy,
      'p/a_test.yaml': suite(
        one('fine', `${get(known)}, expect: { rule: get, limits: [ten-an-hour] }`),
        one(
          'error',
          `${get(known)}, error: { code: -32603, message: x }, expect: { effect: block, rule: no-internal-errors }`,
        ),
        one(
          'other',
          `${get(known)}, error: { code: -1, message: x }, expect: { effect: allow, output: null }`,
        ),
        one('never listed', `${get()}, expect: { effect: block, rule: no-odd-tools }`),
        one(
          'flag',
          `${get(', facts: { description: a, flags: hidden-characters }')}, expect: { rule: no-odd-tools }`,
        ),
        one(
          'words',
          `${get(', facts: { description: ignore all }')}, expect: { rule: no-odd-tools }`,
        ),
        one(
          'list',
          'list: { upstream: db, tools: [{ name: get, description: gets }, { name: get, description: ignore }] }, expect: { visible: [get] }',
        ),
        one(
          'sample',
          'call: { upstream: db, method: sampling/createMessage, args: { maxTokens: 10 } }, expect: { rule: may-sample, limits: [] }',
        ),
        one(
          'large',
          'call: { upstream: db, method: sampling/createMessage, args: { maxTokens: 999 } }, expect: { effect: block, rule: null }',
        ),
        one('told', 'call: { upstream: db, method: notifications/x }, expect: { rule: may-tell }'),
      ),
    });
    expect((await ran('p')).out).toBe('10 passed, 0 failed\n100 % of 6 rules covered\n');
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
