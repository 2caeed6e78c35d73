import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryOrigin } from '../../src/config/directory-origin.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-folder-'));
  writeFileSync(join(folder, 'a.yaml'), 'rules: []');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a folder of policies', () => {
  it('is the same reading until something in it changes, so that it costs nothing to look', async () => {
    const origin = new DirectoryOrigin(folder, 1_000);
    const first = await origin.read();
    expect(await origin.read()).toBe(first);
    writeFileSync(join(folder, 'a.yaml'), 'rules: [ ]');
    const second = await origin.read();
    expect(second.files.map(({ text }) => text)).toEqual(['rules: [ ]']);
    expect(await origin.read()).toBe(second);
    // Another name is another policy file, whatever its text.
    writeFileSync(join(folder, 'b.yaml'), '');
    expect((await origin.read()).files).toHaveLength(2);
  });
});
