import { spawnSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs'; // biome-ignore format: one line says it
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExportBatch } from '../../src/export/contract.ts';
import { FileSink } from '../../src/export/sink/file-sink.ts';
import { objectName, S3Sink } from '../../src/export/sink/s3-sink.ts';
import { StdoutSink } from '../../src/export/sink/stdout-sink.ts';
import { SyslogSink } from '../../src/export/sink/syslog-sink.ts';
import { BatchReceiver, type ReceivedBatch } from './receiver.ts';
import { START } from './records.ts';

const limits = { records: 10, characters: 1_000, wait: 0 };
const never = new AbortController().signal;

function batch(...texts: string[]): ExportBatch {
  return {
    ...{ id: 'b-1', first: 4_211, firstId: 'x-1/0', at: START, extension: 'jsonl' },
    lines: texts.map((text) => ({ text, at: START, weight: 3 })),
    body: texts.map((text) => `${text}\n`).join(''),
    type: 'application/x-ndjson',
  };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-sink-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

describe('a file', () => {
  const open = (rotate?: { size: number; files: number }) => {
    return new FileSink({ path: join(folder, 'below/a.jsonl'), rotate, limits });
  };

  it('is made for its owner only, and gets what comes', async () => {
    const sink = open();
    await sink.send(batch('1', '2'));
    await sink.send(batch('3'));
    await sink.close();
    expect(read('below/a.jsonl')).toBe('1\n2\n3\n');
    expect(statSync(join(folder, 'below/a.jsonl')).mode & 0o777).toBe(0o600);
  });

  it('is begun anew once it is full, and as many old ones stay as are wanted', async () => {
    const sink = open({ size: 6, files: 2 });
    for (const text of ['1', '22', '333', '4444', '55555']) await sink.send(batch(text));
    await sink.close();
    expect(readdirSync(join(folder, 'below')).sort()).toEqual(['a.jsonl', 'a.jsonl.1', 'a.jsonl.2']); // biome-ignore format: one line says it
    expect(read('below/a.jsonl')).toBe('55555\n');
    expect(read('below/a.jsonl.1')).toBe('4444\n');
    expect(read('below/a.jsonl.2')).toBe('333\n');
  });

  it('loses the beginning of a line that a crash has left, and nothing before it', async () => {
    const sink = open();
    await sink.send(batch('1'));
    await sink.close();
    const path = join(folder, 'below/a.jsonl');
    writeFileSync(path, `1\n${'x'.repeat(200_000)}`);
    const again = open();
    await again.send(batch('2'));
    await again.close();
    expect(read('below/a.jsonl')).toBe('1\n2\n');
  });

  it('leaves a file without any line as it is', async () => {
    writeFileSync(join(folder, 'other'), 'somebody else');
    const sink = new FileSink({ path: join(folder, 'other'), limits });
    await sink.send(batch('1'));
    await sink.close();
    expect(read('other')).toBe('somebody else\n1\n');
  });

  it('is made again where somebody has moved it away, or emptied it', async () => {
    const sink = open({ size: 1_000, files: 1 });
    await sink.send(batch('1'));
    rmSync(join(folder, 'below/a.jsonl'));
    await sink.send(batch('2'));
    expect(read('below/a.jsonl')).toBe('2\n');
    writeFileSync(join(folder, 'below/a.jsonl'), '');
    await sink.send(batch('3'));
    expect(read('below/a.jsonl')).toBe('3\n');
    await sink.close();
  });

  it('that cannot be written says why, and not what', async () => {
    writeFileSync(join(folder, 'file'), '');
    const sink = new FileSink({ path: join(folder, 'file/a'), limits });
    await expect(sink.send(batch('secret'))).rejects.toMatchObject({
      code: 'EXPORT_FAILED',
      message: expect.stringMatching(/^the file cannot be written \(E[A-Z]+\)$/),
    });
  });
});

describe('standard output', () => {
  it('gets what comes', async () => {
    writeFileSync(join(folder, 'out'), '');
    const sink = new StdoutSink(limits, join(folder, 'out'));
    await sink.send(batch('1'), never);
    await sink.send(batch('2'), never);
    sink.close();
    expect(read('out')).toBe('1\n2\n');
  });

  it('waits for a pipe that is full, until it has room, or the gate stops', async () => {
    const path = join(folder, 'pipe');
    spawnSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    const sink = new StdoutSink(limits, path);
    const large = batch('x'.repeat(100_000));
    const sending = sink.send(large, never);
    const room = Buffer.alloc(65_536);
    for (let size = 0; size < 100_001; ) {
      await new Promise(setImmediate);
      size += readHere(reader, room);
    }
    await expect(sending).resolves.toBe('taken');
    const stop = new AbortController();
    const stuck = expect(sink.send(large, stop.signal)).rejects.toMatchObject({
      ...{ code: 'EXPORT_FAILED', message: 'the gate is stopping' },
    });
    stop.abort();
    await stuck;
    sink.close();
    closeSync(reader);
  });

  it('that cannot be written says why', async () => {
    const sink = new StdoutSink(limits, '/dev/full');
    await expect(sink.send(batch('1'), never)).rejects.toMatchObject({
      message: 'standard output cannot be written (ENOSPC)',
    });
    sink.close();
  });
});

/** Bytes that are there now. */
function readHere(descriptor: number, room: Buffer): number {
  try {
    return readSync(descriptor, room);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    return 0;
  }
}

const syslog = { facility: 16, host: 'gate 1', app: 'sallyport', pid: 7, timeout: 2_000, limits };
const HEAD = '<132>1 2026-01-31T12:00:00.000Z gate1 sallyport 7 transcript - ';

describe('syslog', () => {
  let server: Server | undefined;
  const got: Buffer[] = [];
  afterEach(async () => {
    got.length = 0;
    if (!server) return;
    server.close();
    await once(server, 'close');
    server = undefined;
  });
  const keep = (socket: Socket) => {
    socket.on('data', (chunk: Buffer) => got.push(chunk)).on('error', () => undefined);
  };
  const listen = async (given: Server) => {
    server = given;
    given.listen(0, '127.0.0.1');
    await once(given, 'listening');
    return (given.address() as AddressInfo).port;
  };
  const text = () => Buffer.concat(got).toString();

  it('goes by TCP with the length of each message before it', async () => {
    const port = await listen(createTcp(keep));
    const sink = new SyslogSink({ ...syslog, server: '127.0.0.1', port, protocol: 'tcp', tls: {} });
    await sink.send(batch('{"a":1}', 'ü'), never);
    await sink.send(batch('b'), never);
    const message = (body: string) => `${Buffer.byteLength(HEAD + body)} ${HEAD}${body}`;
    expect(text()).toBe(message('{"a":1}') + message('ü') + message('b'));
  });

  it('is not taken where the receiver breaks off, or never says that it has read all', async () => {
    const port = await listen(createTcp((socket) => socket.destroy()));
    const options = { ...syslog, server: '127.0.0.1', protocol: 'tcp', tls: {} } as const;
    const large = batch('x'.repeat(3_000_000));
    await expect(new SyslogSink({ ...options, port }).send(large, never)).rejects.toMatchObject({
      code: 'EXPORT_FAILED',
    });
    server?.close();
    const silent: Socket[] = [];
    const kept = createTcp({ allowHalfOpen: true }, (socket) => void silent.push(socket));
    const other = await listen(kept);
    const sink = new SyslogSink({ ...options, port: other, timeout: 50 });
    await expect(sink.send(batch('1'), never)).rejects.toMatchObject({
      message: 'the receiver did not end the connection in 50 ms',
    });
    for (const socket of silent) socket.destroy();
  });

  it('goes by TLS, to whom it is meant for only', async () => {
    const [cert, key] = ['cert.pem', 'key.pem'].map((name) => {
      return readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
    });
    if (!cert || !key) throw new Error('there are two');
    const port = await listen(createTls({ cert, key }, keep));
    const options = { ...syslog, server: 'localhost', port, protocol: 'tls' } as const;
    await new SyslogSink({ ...options, tls: { ca: cert } }).send(batch('1'), never);
    expect(text()).toBe(`${HEAD.length + 1} ${HEAD}1`);
    await expect(new SyslogSink({ ...options, tls: {} }).send(batch('2'), never)).rejects.toMatchObject({ code: 'EXPORT_FAILED' }); // biome-ignore format: one line says it
    const wrong = { ...options, server: '127.0.0.1', tls: { ca: cert } };
    await expect(new SyslogSink(wrong).send(batch('3'), never)).rejects.toMatchObject({
      message: 'the receiver cannot be reached (ERR_TLS_CERT_ALTNAME_INVALID)',
    });
    expect(text()).not.toContain('- 2');
  });

  it('goes by UDP, a datagram for each', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const two = new Promise<void>((done) => {
      socket.on('message', (message) => void (got.push(message) === 2 && done()));
    });
    const { port } = socket.address();
    const sink = new SyslogSink({ ...syslog, server: '127.0.0.1', port, protocol: 'udp', tls: {} });
    await sink.send(batch('1', '2'), never);
    await two;
    expect(got.map(String)).toEqual([`${HEAD}1`, `${HEAD}2`]);
    socket.close();
  });
});

describe('storage like S3', () => {
  let receiver: BatchReceiver;
  beforeEach(async () => {
    receiver = await BatchReceiver.start();
    receiver.answer = (response, given) => void response.writeHead(isSigned(given) ? 200 : 403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>'); // biome-ignore format: one line says it
  });
  afterEach(() => receiver.stop());
  const open = (facts: object = {}) =>
    new S3Sink({
      ...{ endpoint: receiver.url, bucket: 'audit', region: 'eu-central-1', prefix: 'gate a/' },
      ...{ access_key: 'AKID', secret_key: SECRET, headers: {}, timeout: 2_000, tls: {}, limits },
      ...{ clock: () => START, ...facts },
    });

  it('gets each batch as an object whose name sorts by when it was recorded', async () => {
    const sink = open({ headers: { 'x-amz-server-side-encryption': 'aws:kms' } });
    await expect(sink.send(batch('1', '2'), never)).resolves.toBe('taken');
    await sink.close();
    const [put] = receiver.taken;
    expect(put).toMatchObject({ method: 'PUT', text: '1\n2\n' });
    expect(put?.path).toBe('/audit/gate%20a/2026/01/31/0000000000004211-x-1-0.jsonl.gz');
    expect(put?.headers).toMatchObject({
      ...{ 'content-encoding': 'gzip', 'x-amz-server-side-encryption': 'aws:kms' },
      'x-amz-checksum-sha256': createHash('sha256')
        .update(put?.raw ?? '')
        .digest('base64'),
    });
  });

  it('gets the same name and the same bytes when it is sent again', async () => {
    const sink = open();
    await sink.send(batch('1'), never);
    await sink.send(batch('1'), never);
    await sink.close();
    const [one, two] = receiver.taken;
    expect([one?.path, one?.raw.equals(two?.raw ?? Buffer.of())]).toEqual([two?.path, true]);
    expect(objectName('', { ...batch(), first: 12 }) < objectName('', batch())).toBe(true);
  });

  it('refuses a wrong key, which is told without it', async () => {
    const sink = open({ secret_key: 'wrong', session_token: 'temporary' });
    await expect(sink.send(batch('1'), never)).rejects.toMatchObject({
      ...{ code: 'EXPORT_FAILED', message: 'the receiver answered 403' },
      hint: 'SignatureDoesNotMatch',
    });
    await sink.close();
    expect(receiver.tried[0]?.headers['x-amz-security-token']).toBe('temporary');
  });
});

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const hmac = (key: string | Buffer, text: string) =>
  createHmac('sha256', key).update(text).digest();
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

/** AWS Signature Version 4, as a server checks it ("Signature calculations for the Authorization header", Amazon S3). */
function isSigned({ method, path, headers, raw }: ReceivedBatch): boolean {
  const [, day = '', region = '', names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=AKID\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  const lines = names.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const digest = sha256(raw);
  const request = [method, path, '', lines.join(''), names, digest].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(request)].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${SECRET}`);
  const needed = ['host', 'x-amz-content-sha256', 'x-amz-date'];
  return (
    needed.every((name) => names.split(';').includes(name)) &&
    headers['x-amz-content-sha256'] === digest &&
    hmac(key as Buffer, text).toString('hex') === signature
  );
}
