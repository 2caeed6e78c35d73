import { type EventEmitter, once } from 'node:events';
import { type RequestListener, request } from 'node:http';
import { constants } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpServer } from '../../src/transport/http/http-server.ts';
import { Http2Client } from './fixtures/http2-client.ts';

// HTTP/1.1 and HTTP/2 on one port without TLS: who speaks what is told by the first bytes.

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const SETTINGS = '\0\0\0\x04\0\0\0\0\0';

let server: HttpServer;
let url: string;
let client: Http2Client;
/** Requests that were served, as `version host length-of-body`. */
let served: string[];
let aborted: unknown[];

const echo: RequestListener = (asked, response) => {
  let length = 0;
  asked.on('data', (chunk: Buffer) => {
    length += chunk.length;
  });
  asked.on('error', (error) => aborted.push(error));
  asked.on('end', () => {
    const { httpVersion, headers } = asked;
    served.push(`${httpVersion} ${headers.host} ${length}`);
    response.writeHead(200, { 'content-type': 'text/plain' }).end(`${httpVersion} ${length}`);
  });
};

async function start(requestTimeout = 30_000, handler = echo): Promise<void> {
  server = new HttpServer(handler, { requestTimeout });
  await server.listen('127.0.0.1', 0);
  url = `http://127.0.0.1:${server.address?.port}`;
  client = new Http2Client(url);
}

beforeEach(() => {
  served = [];
  aborted = [];
});
afterEach(async () => {
  client.close();
  await server.close();
});

/** Writes pieces one by one, and gives what came back once the connection closes or a text came. */
async function raw(pieces: Iterable<string>, until?: string): Promise<string> {
  const socket = await tcp();
  let got = '';
  const done = new Promise<void>((resolve) => {
    socket.on('data', (data) => {
      got += data.toString('latin1');
      if (until !== undefined && got.includes(until)) resolve();
    });
    socket.on('close', () => resolve());
  });
  for (const piece of pieces) {
    if (socket.writable) socket.write(piece, 'latin1');
    await sleep(1);
  }
  await done;
  socket.destroy();
  return got;
}

async function tcp(): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

const closed = (what: EventEmitter) => new Promise((resolve) => what.once('close', resolve));

const expectService = async () => {
  expect(await (await fetch(url)).text()).toBe('1.1 0');
  const again = new Http2Client(url);
  expect((await again.send({})).body.toString()).toBe('2.0 0');
  again.close();
};

describe('one port', () => {
  it('serves both versions, with bodies of any size', async () => {
    await start();
    const body = 'x'.repeat(3_000_000);
    expect(await (await fetch(url, { method: 'POST', body })).text()).toBe('1.1 3000000');
    expect((await client.send({}, body)).body.toString()).toBe('2.0 3000000');
  });

  it('serves many requests of one connection at once', async () => {
    await start();
    const all = Array.from({ length: 100 }, (_, at) => client.send({}, 'x'.repeat(at * 1_000)));
    const answers = (await Promise.all(all)).map(({ body }) => body.toString());
    expect(answers).toEqual(answers.map((_, at) => `2.0 ${at * 1_000}`));
  });

  it.each([
    ['GET', 'GET / HTTP/1.1\r\nhost: x\r\n\r\n', '1.1 0'],
    ['POST', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc', '1.1 3'],
    ['a method like the preface', 'PROPFIND / HTTP/1.1\r\nhost: x\r\n\r\n', '1.1 0'],
    ['HTTP/2', `${PREFACE}${SETTINGS}`, SETTINGS.slice(3)],
  ])('takes %s byte by byte', async (_, text, until) => {
    await start();
    expect(await raw(text, until)).toContain(until);
  });

  it('takes a preface with all that follows in one piece', async () => {
    await start();
    expect(await raw([`${PREFACE}${SETTINGS}`], SETTINGS.slice(3))).toContain(SETTINGS.slice(3));
  });

  it('serves the second request of a kept connection', async () => {
    await start();
    const text = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nab';
    await raw([text, text, text.replace('host: x', 'host: y')], 'y');
    await expect.poll(() => served).toHaveLength(3);
    expect(served[2]).toBe('1.1 y 2');
  }, 5_000);

  it.each([
    ['of TLS', ['\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03']],
    ['that mean nothing', ['\0\xff\0\xff\0\xff']],
    ['of a preface that goes wrong', ['PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n']],
    ['of a preface, and then no frames', [PREFACE, 'GET / HTTP/1.1\r\n\r\n'.repeat(9)]],
  ])('closes a connection on bytes %s', async (_, pieces) => {
    await start();
    expect(await raw(pieces)).not.toContain('200 OK');
    expect(served).toEqual([]);
    await expectService();
  });
});

describe('a client that says too little', () => {
  it.each([
    ['nothing', ''],
    ['half a preface', 'PRI * HT'],
    ['half a request', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 30\r\n\r\nabc'],
    ['half a head', 'POST / HTTP/1.1\r\nho'],
  ])('is cut off after %s', async (_, text) => {
    await start(300);
    expect(await raw(text === '' ? [] : [text])).not.toContain('200 OK');
    expect(served).toEqual([]);
    await expectService();
  });

  it('loses its stream, not its connection, after half a body', async () => {
    await start(300);
    const stream = client.open({ ':method': 'POST', 'content-length': '30' }, undefined);
    const slow = client.session.request({ ':method': 'POST', ':path': '/' });
    slow.on('error', () => undefined).write('half');
    await closed(slow);
    expect(slow.rstCode).toBe(constants.NGHTTP2_CANCEL);
    expect(aborted).toMatchObject([{ code: 'ECONNRESET' }]);
    stream.close();
    expect((await client.send({}, 'abc')).body.toString()).toBe('2.0 3');
  });

  it('may end its connection before it has said anything', async () => {
    await start();
    (await tcp()).end();
    (await tcp()).resetAndDestroy();
    (await tcp()).end('PR');
    await expectService();
  });
});

describe('a request over HTTP/2', () => {
  it('has the host that its authority names', async () => {
    await start();
    await client.send({ ':authority': 'gate.example:7411' });
    expect(served).toEqual(['2.0 gate.example:7411 0']);
  });

  it('may repeat its authority as Host, and may not contradict it', async () => {
    await start();
    await client.send({ ':authority': 'gate.example', host: 'Gate.example' });
    const stream = client.open({ ':authority': 'gate.example', host: 'evil.example' });
    await closed(stream);
    expect(stream.rstCode).toBe(constants.NGHTTP2_PROTOCOL_ERROR);
    expect(served).toEqual(['2.0 gate.example 0']);
  });

  it('is refused with more headers than there may be, and others are served', async () => {
    await start();
    const sender = new Http2Client(url, { maxSendHeaderBlockLength: 1_000_000 });
    const big = { 'x-big': 'x'.repeat(60_000), 'x-more': 'y'.repeat(30_000) };
    await closed(sender.open(big));
    const flood = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`x-${at}`, 'v']));
    await closed(sender.open(flood));
    sender.close();
    expect(served).toEqual([]);
    await expectService();
  });

  it('tells its handler when the client takes it back', async () => {
    let closed = 0;
    await start(30_000, (_, response) => {
      response.writeHead(200).flushHeaders();
      response.once('close', () => closed++);
    });
    const stream = client.open({});
    await once(stream, 'response');
    stream.close(constants.NGHTTP2_CANCEL);
    await expect.poll(() => closed).toBe(1);
  });

  it('is not served when it comes and goes too often', async () => {
    let started = 0;
    await start(30_000, () => {
      started++;
    });
    const gone = closed(client.session);
    for (let at = 0; at < 5_000 && !client.session.destroyed; at++) {
      const stream = client.session.request({ ':path': '/' });
      stream.on('error', () => undefined);
      stream.close(constants.NGHTTP2_CANCEL);
      if (at % 50 === 0) await sleep(1);
    }
    await gone;
    expect(started).toBeLessThan(2_000);
  });
});

describe('a server that stops', () => {
  it('sends the clients of HTTP/2 away, and lets them have what they wait for', async () => {
    let finish = () => {};
    await start(30_000, (_, response) => {
      finish = () => response.end('at last');
      response.writeHead(200).flushHeaders();
    });
    const stream = client.open({}).setEncoding('utf8');
    await once(stream, 'response');
    const away = once(client.session, 'goaway');
    server.goAway();
    expect((await away)[0]).toBe(constants.NGHTTP2_NO_ERROR);
    finish();
    const [text] = await once(stream, 'data');
    expect(text).toBe('at last');
    await closed(client.session);
  });

  it('says so while an answer is not read, and closes all the same', async () => {
    await start(30_000, (_, response) => void response.end('x'.repeat(5_000_000)));
    const stream = client.open({});
    await once(stream, 'response');
    stream.pause();
    await expect.poll(() => server.unread).toBe(true);
    await server.close();
    await closed(client.session);
    await expect(fetch(url)).rejects.toThrow();
  });
});

it('serves all addresses of localhost', async () => {
  server = new HttpServer(echo, { requestTimeout: 30_000 });
  await server.listen('localhost', 0);
  client = new Http2Client(`http://127.0.0.1:${server.address?.port}`);
  expect((await client.send({})).body.toString()).toBe('2.0 0');
  const { lookup } = await import('node:dns/promises');
  for (const { address: host } of await lookup('localhost', { all: true })) {
    const asked = request({ host, port: server.address?.port }).end();
    const [response] = await once(asked, 'response');
    expect(response.statusCode).toBe(200);
    response.resume();
  }
});
