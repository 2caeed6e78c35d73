import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface ReceivedBatch {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As it came, and as it was before it was compressed. */
  readonly raw: Buffer;
  readonly text: string;
}

/** An HTTP server that takes batches, and keeps those that it took. */
export class BatchReceiver {
  readonly tried: ReceivedBatch[] = [];
  readonly taken: ReceivedBatch[] = [];
  /** Answers; left alone: 204. What is answered with a status below 300 was taken. */
  answer: (response: ServerResponse, batch: ReceivedBatch) => void = (response) => {
    response.writeHead(204).end();
  };
  url = '';
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const raw = Buffer.concat(chunks);
      const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString();
      const batch = { method, path, headers, raw, text };
      this.tried.push(batch);
      response.once('finish', () => {
        if (response.statusCode < 300) this.taken.push(batch);
      });
      this.answer(response, batch);
    });
  });

  static async start(): Promise<BatchReceiver> {
    const receiver = new BatchReceiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    receiver.url = `http://127.0.0.1:${(receiver.#server.address() as AddressInfo).port}`;
    return receiver;
  }

  /** Ids of all records that were taken, as often as they were. */
  get ids(): string[] {
    return this.taken.flatMap(({ text }) => idsIn(text));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Ids of records, one JSON object a line. */
export function idsIn(text: string): string[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as { id: string }).id);
}
