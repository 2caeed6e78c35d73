import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { GateError } from '../../src/model/errors.ts';
import type { ClientSink } from '../../src/pipeline/client-sink.ts';
import type { Conduit } from '../../src/pipeline/conduit.ts';
import { KeepAlive } from '../../src/transport/http/keep-alive.ts';
import { LegacyConnection } from '../../src/transport/http/legacy-connection.ts';

const overs: [string, (sink: ClientSink) => void][] = [
  ['was cancelled', (sink) => sink.end()],
  ['was taken and not answered', (sink) => sink.accepted()],
  ['failed', (sink) => sink.fail(new GateError('UPSTREAM_ENDED', 'the upstream has ended'))],
];

it.each(overs)('a session can be begun after an initialize that %s', async (_, over) => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answer = fetch(`http://127.0.0.1:${port}/`);
  try {
    const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
    const identity = {
      ...{ sub: 'ana', issuer: 'https://issuer.example' },
      ...{ groups: [], scopes: [], claims: {} },
    };
    const connection = new LegacyConnection({
      // Nothing is sent.
      relay: {} as Conduit,
      caller: { identity, upstream: 'own' },
      ...{ response, keepAlive: new KeepAlive() },
      sessionOf: () => {
        throw new GateError('SESSION_UNKNOWN', 'no session was begun');
      },
    });
    connection.open('/sse/own?session=x');
    const sink = connection.founding(1);
    expect(() => connection.founding(2)).toThrow('has begun already');
    over(sink);
    expect(connection.founding(3).gone).toBe(false);
    connection.end();
    await (await answer).text();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
