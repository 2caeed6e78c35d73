import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type * as z from 'zod';
import { OidcAuthenticator } from '../../src/auth/oidc.ts';
import { type DevAccess, startDevAccess } from '../../src/cli/dev-access.ts';
import { configSchema } from '../../src/config/schema.ts';
import { type Daemon, startDaemon } from '../../src/daemon.ts';
import type { Log } from '../../src/model/seams.ts';
import { PageBrowser } from '../admin/page-browser.ts';

const log: Log = { debug() {}, info() {}, warn() {}, error() {} };
const folder = mkdtempSync(join(tmpdir(), 'sallyport-dev-'));
let access: DevAccess;
let daemon: Daemon;

const configOf = (more: Partial<z.input<typeof configSchema>> = {}) =>
  configSchema.parse({
    ...{ upstreams: {}, listen: { port: 0 }, policies: { directory: folder } },
    admin: { listen: { port: 0 }, roles: { approver: ['group:dba'] } },
    shutdown: { drain: '10ms' },
    ...more,
  });

beforeAll(async () => {
  writeFileSync(
    join(folder, 'a.yaml'),
    'apiVersion: sallyport/v1\nrules:\n  - { id: a, on: { tools: [a] }, then: approve }\n',
  );
  access = await startDevAccess([], log);
  const config = access.configured(configOf());
  daemon = await startDaemon({
    ...{ config, base: folder, log },
    authenticator: (publicUrl, clock) =>
      new OidcAuthenticator({ issuers: config.issuers, publicUrl, clock, log }),
  });
});
afterAll(async () => {
  await daemon.stop();
  await access.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('lets anybody of the development issuer log in at the pages, on the port that the gate took', async () => {
  const page = await new PageBrowser().open(`${daemon.adminUrl}/approvals`, 'bob');
  expect(page).toMatchObject({ status: 200, url: `${daemon.adminUrl}/approvals` });
  expect(page.text).toContain('bob@example.com');
});

it('says where approvals are decided', async () => {
  const place = { gate: daemon.url, admin: daemon.adminUrl, command: 'sallyport VERB' };
  const instructions = await access.instructions({ ...place, pages: true });
  expect(instructions).toContain(`${daemon.adminUrl}/approvals`);
  expect(await access.instructions({ ...place, pages: false })).not.toContain('/approvals');
});

it('leaves a login alone that is configured, and an admin API with issuers of its own', () => {
  const url = 'https://issuer.test';
  const roles = { admin: ['user:ann'] };
  const login = { issuer: url, client_id: 'gate' };
  const named = access.configured(configOf({ issuers: [{ url }], admin: { roles, login } }));
  expect(named.admin?.login).toMatchObject(login);
  const own = access.configured(configOf({ admin: { roles, issuers: [{ url }] } }));
  expect(own.admin?.login).toBeUndefined();
  expect(access.configured(configOf({ admin: undefined })).admin).toBeUndefined();
});
