import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check } from '../../src/cli/check.ts';
import { exit } from '../../src/cli/verb.ts';
import { formatLockFile } from '../../src/policy/pin/lock-file.ts';
import { toolDefinition } from '../../src/policy/pin/tool-definition.ts';
import { Folder, run } from './terminal.ts';

const GOOD = `apiVersion: sallyport/v1
upstreams: [db]
rules:
  - { id: read, on: { tools: [get] }, then: allow }
  - { id: no-drop, on: { tools: [drop] }, then: block }
`;
const BAD = `apiVersion: sallyport/v1
rules:
  - id: one
    wen: { args.a: { eq: 1 } }
    then: alow
`;
const DOUBTFUL = `apiVersion: sallyport/v1
rules:
  - { id: everything, then: allow }
`;

let folder: Folder;
beforeEach(() => {
  folder = new Folder();
});
afterEach(() => folder.remove());
const ran = (...args: string[]) => run(check, folder.path, ...args);

describe('sallyport check', () => {
  it('counts rules and files where nothing is wrong', async () => {
    folder.write({ 'policies/a.yaml': GOOD });
    expect(await ran()).toEqual({
      code: exit.fine,
      out: '2 rules in 1 file, no problems\n',
      err: '',
    });
  });

  it('compares the channels that rules name with those of the configuration, where there is one', async () => {
    const rule = (id: string, more: string) =>
      `  - { id: ${id}, on: { tools: [${id}] }, then: approve, approval: { by: "group:dba", notify: [ops, mial] }${more} }\n`;
    const silence = ', silence: { code: POLICY_UNKNOWN_CHANNEL, reason: It is set up later. }';
    const text = `apiVersion: sallyport/v1\nrules:\n${rule('a', '')}${rule('b', silence)}`;
    folder.write({ 'policies/a.yaml': text });
    expect((await ran()).out).toBe('2 rules in 1 file, no problems\n');
    const told = 'policies/a.yaml:3:11 warning POLICY_UNKNOWN_CHANNEL rule "a" tells the channel';
    folder.write({ 'sallyport.yaml': 'approvals: { channels: { ops: {}, mail: {} } }\n' });
    expect((await ran()).out).toBe(
      `${told} "mial", which is not in the configuration; did you mean "mail"?\n2 rules in 1 file, 1 warning\n`,
    );
    folder.write({ 'sallyport.yaml': 'upstreams: {}\n' });
    expect((await ran()).out).toContain(
      `${told} "ops", which is not in the configuration; add it under approvals.channels\n`,
    );
    folder.write({ 'sallyport.yaml': 'upstreams: {{\n' });
    expect((await ran()).out).toBe('2 rules in 1 file, no problems\n');
  });

  it('prints every problem of every file with its place and a hint, and fails', async () => {
    folder.write({
      'policies/a.yaml': GOOD.replace('allow', 'block'),
      'policies/b/c.yaml': BAD,
      'policies/d.yaml': DOUBTFUL,
    });
    const { code, out } = await ran('policies');
    expect(code).toBe(exit.found);
    expect(out.split('\n')).toEqual([
      'policies/b/c.yaml:4:5 error POLICY_UNKNOWN_KEY a rule has no key "wen"; did you mean "when"?',
      'policies/b/c.yaml:5:11 error POLICY_UNKNOWN_VALUE then can\'t be "alow"; did you mean "allow"?',
      expect.stringMatching(/^policies\/d\.yaml:3:\d+ warning POLICY_ALLOWS_EVERYTHING /),
      '2 errors, 1 warning in 3 files',
      '',
    ]);
  });

  it('finds an id that two files use', async () => {
    folder.write({ 'p/a.yaml': GOOD, 'p/b.yaml': GOOD });
    const { code, out } = await ran('p/a.yaml', 'p/b.yaml');
    expect(code).toBe(exit.found);
    expect(out).toContain('p/b.yaml:4:11 error POLICY_DUPLICATE_ID');
  });

  it('lets warnings pass, unless it is to be strict', async () => {
    folder.write({ 'policies/a.yaml': DOUBTFUL });
    const relaxed = await ran();
    expect(relaxed.code).toBe(exit.fine);
    expect(relaxed.out).toContain('1 rule in 1 file, 1 warning\n');
    expect((await ran('--strict')).code).toBe(exit.found);
  });

  it('writes JSON for programs', async () => {
    folder.write({ 'policies/a.yaml': BAD });
    const { code, out } = await ran('--json');
    expect(code).toBe(exit.found);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      files: ['policies/a.yaml'],
      problems: [
        { code: 'POLICY_UNKNOWN_KEY', severity: 'error', at: { line: 4, column: 5 } },
        { code: 'POLICY_UNKNOWN_VALUE' },
      ],
    });
  });

  it('writes SARIF for code review, with what each code means', async () => {
    folder.write({ 'policies/a b.yaml': BAD, 'policies/d.yaml': DOUBTFUL });
    const { code } = await ran('policies', '--sarif', 'out.sarif');
    expect(code).toBe(exit.found);
    const log = JSON.parse(readFileSync(join(folder.path, 'out.sarif'), 'utf8'));
    expect(log).toMatchObject({ $schema: expect.any(String), version: '2.1.0' });
    const [{ tool, results, originalUriBaseIds }] = log.runs;
    expect(originalUriBaseIds.ROOT.uri).toMatch(/^file:\/\/\/.*\/$/);
    expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual([
      'POLICY_ALLOWS_EVERYTHING',
      'POLICY_UNKNOWN_KEY',
      'POLICY_UNKNOWN_VALUE',
    ]);
    for (const rule of tool.driver.rules) {
      expect(rule).toMatchObject({
        shortDescription: { text: expect.stringMatching(/\S/) },
        help: { text: expect.stringMatching(/\S/) },
        defaultConfiguration: { level: expect.stringMatching(/^(?:error|warning)$/) },
      });
    }
    expect(results).toHaveLength(3);
    expect(results[0]).toEqual({
      ruleId: 'POLICY_UNKNOWN_KEY',
      ruleIndex: 1,
      level: 'error',
      message: { text: 'a rule has no key "wen"; did you mean "when"?' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'policies/a%20b.yaml', uriBaseId: 'ROOT' },
            region: { startLine: 4, startColumn: 5 },
          },
        },
      ],
    });
    expect(results[2].level).toBe('warning');
  });

  it('writes SARIF alone to standard output, also where nothing is wrong', async () => {
    folder.write({ 'policies/a.yaml': GOOD });
    const { code, out } = await ran('--sarif', '-');
    expect(code).toBe(exit.fine);
    expect(JSON.parse(out).runs[0].results).toEqual([]);
    await expect(ran('--sarif', '-', '--json')).rejects.toMatchObject({ code: 'USAGE' });
    await expect(ran('--sarif', 'no/such/out')).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  });

  it('leaves out a warning that is silenced with a reason', async () => {
    const silence = 'silence: { code: POLICY_ALLOWS_EVERYTHING, reason: a sandbox }';
    folder.write({ 'policies/a.yaml': DOUBTFUL.replace('then: allow', `then: allow, ${silence}`) });
    expect((await ran('--strict')).code).toBe(exit.fine);
  });

  it('refuses a folder without policies, one that is not there, and a test file', async () => {
    folder.write({ 'empty/README.md': '' });
    await expect(ran('empty')).rejects.toMatchObject({ code: 'POLICY_UNREADABLE' });
    await expect(ran('nowhere')).rejects.toMatchObject({ code: 'POLICY_UNREADABLE' });
    await expect(ran('a_test.yaml')).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('asks whether another option was meant', async () => {
    await expect(ran('--stricked')).rejects.toMatchObject({
      code: 'USAGE',
      hint: 'did you mean "--strict"?',
    });
  });

  it('explains itself with an example', async () => {
    const { code, out } = await ran('--help');
    expect(code).toBe(exit.fine);
    expect(out).toContain('$ sallyport check policies/orders.yaml');
  });
});

describe('sallyport check with what upstreams say of their tools', () => {
  const POLICY = `apiVersion: sallyport/v1
upstreams: [db]
rules:
  - id: read
    on: { tools: [querry] }
    then: block
  - id: limit
    on: { tools: [query] }
    when: { args.limt: { gt: 5 } }
    then: block
`;
  const definition = toolDefinition({
    name: 'query',
    inputSchema: {
      type: 'object',
      properties: { sql: { type: 'string' }, limit: { type: 'number' } },
    },
  });
  const lock = (upstream = 'db') =>
    formatLockFile(new Map([[upstream, new Map(definition ? [['query', definition]] : [])]]));
  const FOUND = [
    'policies/a.yaml:4:9 warning POLICY_UNKNOWN_TOOL db has no tool "querry"; did you mean "query"?',
    'policies/a.yaml:9:13 warning POLICY_UNKNOWN_ARGUMENT query takes no "args.limt"; did you mean "limit"?',
    '2 rules in 1 file, 2 warnings',
    '',
  ];

  it('takes the lock file that is there, or the one that is named', async () => {
    folder.write({ 'policies/a.yaml': POLICY });
    expect((await ran()).out).toBe('2 rules in 1 file, no problems\n');
    folder.write({ 'other.json': lock() });
    expect((await ran('--lock', 'other.json')).out.split('\n')).toEqual(FOUND);
    folder.write({ 'sallyport.lock.json': lock() });
    expect((await ran()).out.split('\n')).toEqual(FOUND);
    expect((await ran('--strict')).code).toBe(exit.found);
    folder.write({ 'sallyport.lock.json': lock('crm') });
    expect((await ran()).out).toBe('2 rules in 1 file, no problems\n');
  });

  it('refuses a lock file that is not there or was edited', async () => {
    folder.write({ 'policies/a.yaml': POLICY, 'bad.json': lock().replace('sha256-', 'sha256-x') });
    await expect(ran('--lock', 'none.json')).rejects.toMatchObject({ code: 'POLICY_UNREADABLE' });
    await expect(ran('--lock', 'bad.json')).rejects.toMatchObject({
      problems: [{ code: 'PINS_EDITED' }],
    });
    await expect(ran('--lock', 'a', '--live')).rejects.toMatchObject({ code: 'USAGE' });
    await expect(ran('--config', 'a')).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('asks the upstreams of a configuration', async () => {
    const server = join(import.meta.dirname, '../../node_modules/@modelcontextprotocol');
    const script = join(server, 'server-everything/dist/index.js');
    const everything = { command: [process.execPath, script, 'stdio'] };
    const config = (upstream: object) =>
      JSON.stringify({
        issuers: [{ url: 'https://a.test', audience: 'b' }],
        upstreams: { db: upstream },
      });
    folder.write({
      'policies/a.yaml': POLICY.replace('querry', 'ecco').replace('[query]', '[echo]'),
      'sallyport.yaml': config(everything),
      'away.yaml': config({ command: [process.execPath, '-e', 'process.exit(3)'] }),
    });
    const { out } = await ran('--live');
    expect(out).toContain('POLICY_UNKNOWN_TOOL db has no tool "ecco"; did you mean "echo"?');
    expect(out).toContain('POLICY_UNKNOWN_ARGUMENT echo takes no "args.limt"; known: message');
    await expect(ran('--live', '--config', 'away.yaml')).rejects.toMatchObject({
      message: expect.stringMatching(/^db: /),
    });
  });
});

describe('the policies that come with the product', () => {
  it('are fine as one folder, strictly', async () => {
    const root = new URL('../..', import.meta.url).pathname;
    const { code, out } = await run(check, root, 'policies', '--strict');
    expect(out).toMatch(/no problems\n$/);
    expect(code).toBe(exit.fine);
  });
});
