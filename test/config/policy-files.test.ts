import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findSuites,
  policyBeside,
  readPolicyFiles,
  readPolicyPaths,
} from '../../src/config/policy-files.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'sallyport-files-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

function put(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), `# ${path}`);
  }
}
const names = (path: string) => readPolicyFiles(path, cwd).map(({ file }) => file);

describe('reading policy files', () => {
  it('finds YAML and JSON in all sub-folders, sorted, named as one would type them', () => {
    put('p/b.yaml', 'p/a.yml', 'p/sub/c.json', 'p/README.md', 'p/sub/deep/d.yaml');
    const all = ['p/a.yml', 'p/b.yaml', 'p/sub/c.json', 'p/sub/deep/d.yaml'];
    expect(names('p')).toEqual(all);
    expect(names('./p/')).toEqual(all);
    expect(names(join(cwd, 'p'))).toEqual(all);
    expect(readPolicyFiles('p', cwd)[0]?.text).toBe('# p/a.yml');
  });

  it('leaves out hidden files, backups and test files', () => {
    put('p/.a.yaml', 'p/.git/b.yaml', 'p/c.yaml~', 'p/.d.yaml.swp', 'p/#e.yaml#', 'p/#f.yaml');
    put('p/g_test.yaml', 'p/g_test.yml', 'p/g_test.json', 'p/latest.yaml');
    expect(names('p')).toEqual(['p/latest.yaml']);
  });

  it('reads the files of a mounted ConfigMap once', () => {
    put('p/..2026_01_01/a.yaml');
    symlinkSync('..2026_01_01', join(cwd, 'p/..data'));
    symlinkSync('..data/a.yaml', join(cwd, 'p/a.yaml'));
    expect(names('p')).toEqual(['p/a.yaml']);
  });

  it('reads a file once that several names lead to, and survives a link to a folder above', () => {
    put('p/a.yaml');
    symlinkSync('a.yaml', join(cwd, 'p/b.yaml'));
    symlinkSync('..', join(cwd, 'p/up'));
    expect(names('p')).toEqual(['p/a.yaml']);
    const twice = readPolicyPaths(['p', 'p/a.yaml'], cwd);
    expect(twice).toHaveLength(1);
  });

  it('reads one file by its name', () => {
    put('p/a.yaml', 'p/b.yaml');
    expect(names('p/b.yaml')).toEqual(['p/b.yaml']);
  });

  it('gives nothing for an empty folder', () => {
    mkdirSync(join(cwd, 'p'));
    expect(names('p')).toEqual([]);
  });

  it('refuses a folder that is not there, and names it', () => {
    expect(() => names('nowhere')).toThrow(
      expect.objectContaining({
        code: 'POLICY_UNREADABLE',
        message: 'cannot read nowhere: ENOENT: no such file or directory',
      }),
    );
  });

  it('refuses a policy whose link leads to nothing, as a block could be missing', () => {
    put('p/a.yaml');
    symlinkSync('gone.yaml', join(cwd, 'p/b.yaml'));
    expect(() => names('p')).toThrow(
      expect.objectContaining({
        code: 'POLICY_UNREADABLE',
        message: expect.stringContaining('cannot read p/b.yaml'),
      }),
    );
  });

  it('refuses a file that is too large', () => {
    put('p/a.yaml');
    writeFileSync(join(cwd, 'p/a.yaml'), 'x'.repeat(1_048_577));
    expect(() => names('p')).toThrow(expect.objectContaining({ code: 'POLICY_UNREADABLE' }));
  });
});

describe('finding test files', () => {
  const suites = (...paths: string[]) => findSuites(paths, cwd).map(({ file }) => file);

  it('finds those in folders, those named, and those beside named policies', () => {
    put('p/a.yaml', 'p/a_test.yaml', 'p/sub/b_test.json', 'p/c.yaml');
    expect(suites('p')).toEqual(['p/a_test.yaml', 'p/sub/b_test.json']);
    expect(suites('p/sub/b_test.json')).toEqual(['p/sub/b_test.json']);
    expect(suites('p/a.yaml')).toEqual(['p/a_test.yaml']);
    expect(suites('p/c.yaml')).toEqual([]);
  });

  it('knows the policy of the same name, whatever its ending', () => {
    put('p/a.yml', 'p/a_test.yaml');
    expect(policyBeside('p/a_test.yaml', cwd)).toBe('p/a.yml');
    expect(policyBeside('p/b_test.yaml', cwd)).toBeUndefined();
  });
});
