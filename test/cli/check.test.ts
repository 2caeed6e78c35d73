import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check } from '../../src/cli/check.ts';
import { exit } from '../../src/cli/verb.ts';
import { Folder, run } from './terminal.ts';

const GOOD = `apiVersion: sallyport/v1
upstreams: [db]
rules:
  - { id: read, on: { tools: [query] }, then: allow }
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

  it('prints every problem of every file with its place and a hint, and fails', async () => {
    folder.write({
      'policies/a.yaml': GOOD,
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

describe('the policies that come with the product', () => {
  it('are fine as one folder, strictly', async () => {
    const root = new URL('../..', import.meta.url).pathname;
    const { code, out } = await run(check, root, 'policies', '--strict');
    expect(out).toMatch(/no problems\n$/);
    expect(code).toBe(exit.fine);
  });
});
