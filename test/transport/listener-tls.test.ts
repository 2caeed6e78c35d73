import { once } from 'node:events';
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '../../src/model/seams.ts';
import { HttpServer } from '../../src/transport/http/http-server.ts';
import { Http2Client } from './fixtures/http2-client.ts';

const pem = (name: string) => join(import.meta.dirname, 'fixtures/tls', name);
const ca = [readFileSync(pem('first.cert.pem')), readFileSync(pem('second.cert.pem'))];

let folder: string;
let server: HttpServer;
let lines: string[];
const open: TLSSocket[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-tls-'));
  lines = [];
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await server.close();
  rmSync(folder, { recursive: true });
});

const [cert, key] = ['tls.crt', 'tls.key'];
const put = (from: string, to: string) => copyFileSync(pem(from), join(folder, to));

async function start(name = 'first', keyName = name): Promise<void> {
  put(`${name}.cert.pem`, cert);
  put(`${keyName}.key.pem`, key);
  const at = (level: string) => (_: object, message: string) =>
    void lines.push(`${level} ${message}`);
  const log: Log = { info: at('info'), warn: at('warn'), error: at('error'), debug: at('debug') };
  server = new HttpServer(
    (asked, response) => {
      response.writeHead(200).end(`${asked.httpVersion} ${asked.headers.host}`);
    },
    {
      requestTimeout: 30_000,
      tls: { cert: join(folder, cert), key: join(folder, key), log, poll: 20 },
    },
  );
  await server.listen('127.0.0.1', 0);
}

async function handshake(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const port = server.address?.port;
  const socket = connect({ host: '127.0.0.1', ...(port ? { port } : {}), ca, ...options });
  open.push(socket);
  await once(socket, 'secureConnect');
  return socket.on('error', () => undefined);
}

const served = async () => (await handshake()).getPeerCertificate().subject.CN;

async function http1(): Promise<string> {
  const asked = request({ host: '127.0.0.1', port: server.address?.port, ca, agent: false }).end();
  const [response] = await once(asked, 'response');
  return (await Array.fromAsync(response.setEncoding('utf8'))).join('');
}

async function http2(): Promise<string> {
  const client = new Http2Client(`https://127.0.0.1:${server.address?.port}`, { ca });
  const { body } = await client.send({});
  client.close();
  return body.toString();
}

describe('TLS', () => {
  it('serves the version that the handshake agrees on', async () => {
    await start();
    const host = `127.0.0.1:${server.address?.port}`;
    expect(await http1()).toBe(`1.1 ${host}`);
    expect(await http2()).toBe(`2.0 ${host}`);
    const both = await handshake({ ALPNProtocols: ['http/1.1', 'h2'] });
    expect(both.alpnProtocol).toBe('h2');
  });

  it.each([
    ['TLS 1.1', { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL@SECLEVEL=0' } as const],
    ['another protocol', { ALPNProtocols: ['spdy/3'] }],
  ])('refuses a client that only has %s', async (_, options) => {
    await start();
    await expect(handshake(options)).rejects.toThrow();
    expect(await http2()).toContain('2.0');
  });

  it('serves others while a client does not finish its handshake, or speaks plainly', async () => {
    await start();
    const { connect: tcp } = await import('node:net');
    const silent = tcp(server.address?.port ?? 0, '127.0.0.1');
    const plain = tcp(server.address?.port ?? 0, '127.0.0.1');
    plain.on('error', () => undefined).write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise((resolve) => plain.once('close', resolve).resume());
    expect(await http2()).toContain('2.0');
    silent.destroy();
  });
});

describe('a certificate', () => {
  it('that is replaced serves new connections, and old ones go on', async () => {
    await start();
    const client = new Http2Client(`https://127.0.0.1:${server.address?.port}`, { ca });
    expect((await client.send({})).status).toBe(200);
    expect(await served()).toBe('sallyport test first');
    put('second.cert.pem', cert);
    put('second.key.pem', key);
    await expect.poll(served).toBe('sallyport test second');
    expect((await client.send({})).status).toBe(200);
    client.close();
    expect(lines).toContain('info a new certificate was taken over');
  });

  it('that does not fit its key changes nothing until the key comes', async () => {
    await start();
    put('second.cert.pem', cert);
    const warning = 'warn the new certificate cannot be used; the old one stays';
    await expect.poll(() => lines).toEqual([warning]);
    expect(await served()).toBe('sallyport test first');
    put('second.key.pem', key);
    await expect.poll(served).toBe('sallyport test second');
  });

  it.each([
    ['is no certificate', () => writeFileSync(join(folder, cert), 'nothing')],
    ['is gone', () => rmSync(join(folder, cert))],
  ])('that %s changes nothing, and is told of once', async (_, spoil) => {
    await start();
    spoil();
    await expect.poll(() => lines).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(lines).toEqual(['warn the new certificate cannot be used; the old one stays']);
    expect(await served()).toBe('sallyport test first');
  });

  it('is seen behind a link that is set anew', async () => {
    await start();
    for (const [file, name] of [
      [cert, 'second.cert.pem'],
      [key, 'second.key.pem'],
    ] as const) {
      rmSync(join(folder, file));
      symlinkSync(pem(name), join(folder, file));
    }
    await expect.poll(served).toBe('sallyport test second');
  });

  it('that can not be used keeps a server from starting', async () => {
    const starting = start('first', 'second');
    await expect(starting).rejects.toMatchObject({ code: 'TLS_UNUSABLE' });
    expect(server.address).toBeUndefined();
  });
});
