import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../src/config/load.ts';

interface Service {
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const read = (name: string) =>
  readFileSync(resolve(import.meta.dirname, '../docker', name), 'utf8');
const dockerfile = read('Dockerfile');
const { services } = parse(read('compose.yaml')) as { services: Record<string, Service> };
const { gate } = services as { gate: Service };
const config = parseConfig(read('sallyport.yaml'), 'docker/sallyport.yaml', {
  PUBLIC_URL: 'http://localhost:7411',
  OIDC_ISSUER: 'https://login.example.com/realms/agents',
  SALLYPORT_SESSION_KEY: 'a-key-of-at-least-thirty-two-characters',
});

describe('the container', () => {
  it('listens where the image exposes, checks and publishes a port', () => {
    const { host, port } = config.listen;
    expect(host).toBe('0.0.0.0');
    expect(dockerfile).toContain(`\nEXPOSE ${port}\n`);
    expect(dockerfile).toContain(`http://127.0.0.1:${port}/healthz`);
    expect(gate.ports).toEqual([`127.0.0.1:${port}:${port}`]);
  });

  it('reads and writes only where something is mounted', () => {
    const mounts = (gate.volumes ?? []).map((volume) => volume.split(':')[1]);
    const folder = 'directory' in config.policies ? config.policies.directory : '';
    expect(mounts).toContain(`/etc/sallyport/${folder}`);
    expect(mounts).toContain('/etc/sallyport/sallyport.yaml');
    const data = mounts.find((mount) => config.transcripts.path.startsWith(`${mount}/`));
    expect(dockerfile).toContain(`\nVOLUME ${data}\n`);
  });

  it('gets every variable that its configuration names', () => {
    const named = [...read('sallyport.yaml').matchAll(/: env:(\w+)/g)].map(([, name]) => name);
    expect(Object.keys(gate.environment).sort()).toEqual(named.sort());
  });

  it.each(Object.entries(services))('gives %s no rights that it does not need', (_, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    expect(service.security_opt).toContain('no-new-privileges:true');
  });

  it('does not run as root', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
  });
});
