import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { maskingKeyIn } from '../../src/config/masking-key.ts';
import { GateError } from '../../src/model/errors.ts';
import { formatProblem } from '../../src/model/position.ts';

const hex = 'ab'.repeat(32);
const bytes = Buffer.from(hex, 'hex');

function read(masking: string, environment: Record<string, string> = {}) {
  return parseConfig(`upstreams: {}\nmasking: ${masking}\n`, 'c.yaml', environment).masking;
}
function problems(masking: string): readonly string[] {
  try {
    read(masking);
    return [];
  } catch (error) {
    if (error instanceof GateError) return error.problems.map(formatProblem);
    throw error;
  }
}

describe('the masking key', () => {
  it.each([
    ['hexadecimal digits', hex],
    ['base64', bytes.toString('base64')],
    ['base64 without its end', bytes.toString('base64').replace('=', '')],
    ['base64url', bytes.toString('base64url')],
    ['blanks around it', ` ${hex} `],
  ])('may be written with %s', (_, text) => {
    expect(read('{ key: "env:KEY" }', { KEY: text }).key?.equals(bytes)).toBe(true);
  });

  const wrong: readonly (readonly [string, string])[] = [
    [`{ key: "${hex.slice(2)}" }`, 'must be 32 bytes in base64 or hexadecimal digits'],
    ['{ key: "secret" }', 'must be 32 bytes in base64 or hexadecimal digits'],
    [`{ key: "${hex}", key_file: k }`, 'goes without "key"'],
    ['{ tokens: { store: postgres, url: "postgres://db.test/x" } }', 'gates that share tokens'],
    [`{ key: "${hex}", tokens: { store: postgres } }`, 'masking.tokens.url is missing'],
    ['{ tokens: { url: "postgres://db.test/x" } }', 'goes with "store: postgres"'],
    ['{ tokens: { store: memory, path: a.db } }', 'goes with "store: sqlite"'],
    ['{ tokens: { max: 0 } }', 'masking.tokens.max'],
  ];
  it.each(wrong)('and its tokens can not be %s', (masking, complaint) => {
    const found = problems(masking);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(complaint);
    expect(found[0]).not.toContain(hex.slice(2));
  });

  it('is in a file, and tokens in SQLite, unless told otherwise', () => {
    expect(read('{}')).toEqual({
      tokens: { store: 'sqlite', max: 1_000_000, max_per_caller: 100_000 },
    });
  });
});

describe('a key file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-key-'));
    file = join(folder, 'deep/masking.key');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const code = 'MASKING_KEY';

  it('is made where there is none, with another key each time, for its owner only', () => {
    const key = maskingKeyIn(file);
    expect(key).toHaveLength(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['masking.key']);
    expect(maskingKeyIn(join(folder, 'other')).equals(key)).toBe(false);
  });

  it('keeps its key', () => {
    const key = maskingKeyIn(file);
    expect(maskingKeyIn(file).equals(key)).toBe(true);
  });

  it.each([0o640, 0o604, 0o666, 0o610])('is refused with the mode %o', (mode) => {
    maskingKeyIn(file);
    chmodSync(file, mode);
    expect(() => maskingKeyIn(file)).toThrow(
      expect.objectContaining({ code, hint: `chmod 600 ${file}` }),
    );
  });

  it.each([
    ['nothing', ''],
    ['too little', hex.slice(2)],
    ['too much', `${hex}00`],
    ['something else', 'not a key'.repeat(200)],
  ])('is refused with %s in it, and stays as it is', (_, content) => {
    file = join(folder, 'key');
    writeFileSync(file, content, { mode: 0o600 });
    expect(() => maskingKeyIn(file)).toThrow(expect.objectContaining({ code }));
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  it.each(['a pipe', 'a device'])('is refused where it is %s, without a wait', (what) => {
    const path = what === 'a device' ? '/dev/zero' : join(folder, 'pipe');
    if (what === 'a pipe') execFileSync('mkfifo', ['-m', '600', path]);
    expect(() => maskingKeyIn(path)).toThrow('is no file');
  });

  it('is refused where it is a folder', () => {
    expect(() => maskingKeyIn(folder)).toThrow(expect.objectContaining({ code }));
  });
});
