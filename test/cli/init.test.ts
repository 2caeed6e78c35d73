import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { check } from '../../src/cli/check.ts';
import { init } from '../../src/cli/init.ts';
import { test as suites } from '../../src/cli/test.ts';
import { loadConfig } from '../../src/config/load.ts';
import { Folder, run } from './terminal.ts';

const written = [
  'sallyport.yaml',
  'policies/default.yaml',
  'policies/default_test.yaml',
  'files/welcome.txt',
];
/** Variables that the examples of the configuration read. */
const environment = {
  SALLYPORT_LOGIN_SECRET: 'login-secret',
  SALLYPORT_LOGIN_KEY: 'k'.repeat(32),
  SALLYPORT_SESSION_KEY: 'k'.repeat(32),
  ORDERS_AUTHORIZATION: 'Bearer t',
  PRESIDIO_AUTHORIZATION: 'Bearer p',
};

let folder: Folder;
beforeEach(() => {
  folder = new Folder();
});
afterEach(() => folder.remove());
const text = (name: string) => readFileSync(join(folder.path, name), 'utf8');

describe('sallyport init', () => {
  it('writes a configuration, a policy with its tests and something to serve, and says what is next', async () => {
    const { code, out, err } = await run(init, folder.path);
    expect(code).toBe(0);
    expect(err).toBe('');
    for (const name of written) {
      expect(out).toContain(`wrote ${name}\n`);
      expect(text(name)).not.toBe('');
    }
    for (const next of ['sallyport check', 'sallyport test', 'sallyport serve --dev']) {
      expect(out).toContain(next);
    }
  });

  it('writes what check finds nothing in, not even a warning', async () => {
    await run(init, folder.path);
    expect(await run(check, folder.path, '--strict')).toMatchObject({ code: 0 });
  });

  it('writes cases that pass and cover every rule', async () => {
    await run(init, folder.path);
    const { code, out } = await run(suites, folder.path, '--min-coverage', '100');
    expect(out).toContain(' passed, 0 failed\n');
    expect(code).toBe(0);
  });

  it('writes a configuration that loads, without any variable', async () => {
    await run(init, folder.path);
    const { config } = loadConfig('sallyport.yaml', folder.path, {});
    expect(config.upstreams).toHaveProperty('files.command');
    expect(config.policies).toMatchObject({ directory: 'policies' });
  });

  it('shows every default as it is, so that taking the # away changes nothing', async () => {
    await run(init, folder.path);
    const asWritten = loadConfig('sallyport.yaml', folder.path, {}).config;
    const uncommented = text('sallyport.yaml').replace(/^(\s*)#(?! \S)/gm, '$1');
    expect(uncommented).not.toMatch(/^\s*#\S/m);
    folder.write({ 'all.yaml': uncommented });
    const { config } = loadConfig('all.yaml', folder.path, environment);
    const { public_url, issuers, upstreams, sessions, listen, admin, analyzers, ...others } =
      config;
    const {
      issuers: _,
      upstreams: before,
      sessions: defaults,
      listen: plain,
      analyzers: none,
      ...same
    } = asWritten;
    const files = {
      pins: { path: '.sallyport/pins.db' },
      counters: { path: '.sallyport/counters.db' },
      approvals: { path: '.sallyport/approvals.db' },
    };
    expect(others).toEqual({
      ...same,
      pins: { ...same.pins, ...files.pins },
      masking: {
        key_file: '.sallyport/masking.key',
        tokens: { ...same.masking.tokens, path: '.sallyport/tokens.db' },
      },
      counters: { ...same.counters, ...files.counters },
      approvals: { ...same.approvals, ...files.approvals, wait_with_progress: 50_000 },
    });
    expect(none).toEqual({});
    expect(analyzers.presidio).toMatchObject({
      entities: ['PERSON', 'LOCATION'],
      headers: { Authorization: 'Bearer p' },
      ...{ timeout: 3_000, language: 'en', score: 0.5 },
    });
    expect(admin?.login).toMatchObject({ client_id: 'sallyport-admin', lifetime: 28_800_000 });
    expect(admin?.roles).toMatchObject({ admin: ['group:platform'] });
    expect(listen).toEqual({ ...plain, tls: { cert: 'tls.crt', key: 'tls.key' } });
    expect(sessions).toEqual({ ...defaults, key: environment.SALLYPORT_SESSION_KEY });
    expect(upstreams.files).toEqual({ ...before.files, cwd: '.', pins: 'lock' });
    expect(upstreams.orders).toMatchObject({ headers: { Authorization: 'Bearer t' } });
    expect(issuers).toHaveLength(1);
    expect(public_url).toMatch(/^https:/);
  });

  it('says what every key means', async () => {
    await run(init, folder.path);
    const lines = text('sallyport.yaml').split('\n');
    const unexplained = lines.filter((line, index) => {
      const isKey = /^\s*#?\s*[a-z_]+:( |$)/.test(line) && !/^\s*# /.test(line);
      return isKey && !/^\s*#?\s*# /.test(lines[index - 1] ?? '');
    });
    // What stands for an example upstream is told above it.
    expect(unexplained.map((line) => line.replace('#', '').trim())).toEqual([]);
  });

  it('leaves files that exist as they are, and says which', async () => {
    folder.write({ 'sallyport.yaml': 'mine' });
    const { code, out, err } = await run(init, folder.path);
    expect(code).toBe(0);
    expect(text('sallyport.yaml')).toBe('mine');
    expect(err).toBe('sallyport.yaml exists; left as it is\n');
    expect(out).toContain('wrote policies/default.yaml\n');
  });

  it('exits with 1 where all exists and nothing was written', async () => {
    await run(init, folder.path);
    const again = await run(init, folder.path);
    expect(again.code).toBe(1);
    expect(again.out).toBe('');
    for (const name of written) expect(again.err).toContain(`${name} exists`);
  });

  it('overwrites with --force', async () => {
    folder.write({ 'sallyport.yaml': 'mine' });
    const { code, err } = await run(init, folder.path, '--force');
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(text('sallyport.yaml')).toContain('upstreams:');
  });

  it('makes the folder that is named', async () => {
    const { out } = await run(init, folder.path, 'new/gate');
    expect(out).toContain(`wrote ${join('new', 'gate', 'sallyport.yaml')}\n`);
    expect(out).toContain('  cd new/gate\n');
    expect(existsSync(join(folder.path, 'new/gate/policies/default.yaml'))).toBe(true);
  });

  it('gives its report as JSON', async () => {
    folder.write({ 'files/welcome.txt': 'mine' });
    const { out } = await run(init, folder.path, '--json');
    const [welcome] = written.slice(-1);
    expect(JSON.parse(out)).toEqual({ written: written.slice(0, -1), existing: [welcome] });
  });

  it('cannot write below a file', async () => {
    folder.write({ policies: 'a file' });
    await expect(run(init, folder.path)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  });

  it('prints the JSON Schema of the configuration, with defaults as one writes them', async () => {
    const { code, out } = await run(init, folder.path, '--schema');
    expect(code).toBe(0);
    const schema = JSON.parse(out);
    expect(schema.required).toEqual(['upstreams']);
    expect(schema.properties.shutdown.properties.drain).toMatchObject({
      type: 'string',
      default: '10s',
    });
    expect(existsSync(join(folder.path, 'sallyport.yaml'))).toBe(false);
  });

  it('refuses two folders and unknown options', async () => {
    await expect(run(init, folder.path, 'a', 'b')).rejects.toMatchObject({ code: 'USAGE' });
    await expect(run(init, folder.path, '--forc')).rejects.toMatchObject({
      code: 'USAGE',
      hint: 'did you mean "--force"?',
    });
  });
});
