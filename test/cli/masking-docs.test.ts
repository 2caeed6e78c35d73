import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check } from '../../src/cli/check.ts';
import { mask } from '../../src/cli/mask.ts';
import { scan } from '../../src/cli/scan.ts';
import { test as suites } from '../../src/cli/test.ts';
import type { Verb } from '../../src/cli/verb.ts';
import { analyzersSchema } from '../../src/config/schema/analyzers-schema.ts';
import { toJson } from '../../src/document/node.ts';
import { parseYaml } from '../../src/document/yaml.ts';
import { isObject } from '../../src/model/json.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { Folder, run, runOn } from './terminal.ts';

const page = readFileSync(new URL('../../docs/masking.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, text = '']) => text,
  );
const [policy = ''] = blocks('yaml').filter((text) => text.startsWith('apiVersion'));
const [result = ''] = blocks('json');
const commands = blocks('console').flatMap((text) => {
  const [first = '', ...output] = text.split('\n');
  const more = output.filter((line) => line.startsWith('$ '));
  return more.length > 0
    ? [first, ...more].map((command) => ({ command, output: '' }))
    : [{ command: first, output: output.join('\n') }];
});

let folder: Folder;
beforeAll(async () => {
  folder = new Folder().write({ 'policies/crm.yaml': policy, 'result.json': result });
  const path = `${folder.path}/.sallyport/transcripts.db`;
  await (await SqliteStore.open({ path, durability: 'process' })).close();
  folder.write({ 'sallyport.yaml': 'transcripts: { path: .sallyport/transcripts.db }\n' });
});
afterAll(() => folder.remove());

/** Runs a command of the page as a shell would: `echo '…' |`, `< FILE`, words in quotes. */
async function shell(command: string) {
  const [, echoed, piped] = /^\$ (?:echo '([^']*)' \| )?(.*)$/.exec(command) ?? [];
  const [line = '', file] = (piped ?? '').split(' < ');
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''); // biome-ignore format: one line says it
  const [program, name = '', ...args] = words;
  expect(program).toBe('sallyport');
  const verbs: Readonly<Record<string, Verb>> = { mask, scan };
  const input = file ? [readFileSync(`${folder.path}/${file}`)] : echoed ? [`${echoed}\n`] : [];
  return runOn(input, verbs[name] as Verb, folder.path, ...args);
}

/** Tokens are of each run. */
const even = (text: string) => text.replace(/\b[a-z-]+:[0-9a-hjkmnp-tv-z]{16}\b/g, 'TOKEN');

describe('the page on masking', () => {
  it('has a policy without problems', async () => {
    expect(await run(check, folder.path, 'policies', '--strict')).toMatchObject({ code: 0 });
  });

  it('has a test file that passes', async () => {
    const [suite = ''] = blocks('yaml').filter((text) => text.startsWith('identities'));
    folder.write({ 'policies/crm_test.yaml': suite });
    const { code, out } = await run(suites, folder.path, 'policies');
    expect(out).toContain('1 passed, 0 failed\n');
    expect(code).toBe(0);
  });

  it('has commands', () => {
    expect(commands.length).toBeGreaterThan(5);
  });

  it.each(commands)(
    'has a command that does what it says: $command',
    async ({ command, output }) => {
      const { code, out } = await shell(command);
      expect(code).toBe(0);
      if (output !== '') expect(even(out)).toBe(even(output));
      expect(out).not.toMatch(/ana\.pop@|536-90|4111 1111/);
    },
  );

  it('has a configuration of the analyzer that is one', () => {
    const [text = ''] = blocks('yaml').filter((one) => one.startsWith('analyzers:'));
    const { documents } = parseYaml(text, 'page.yaml');
    const value = documents[0] && toJson(documents[0]);
    expect(isObject(value) && analyzersSchema.safeParse(value.analyzers).success).toBe(true);
  });
});
