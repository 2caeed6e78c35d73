import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What was asked, as its OpenAPI says (AnalyzeRequest); `text` may be a list in newer versions. */
export interface Asked {
  readonly text: string | readonly string[];
  readonly language: string;
  readonly score_threshold?: number;
  readonly entities?: readonly string[];
}

/** A word that it finds. */
export interface Known {
  readonly word: string;
  readonly entity: string;
  readonly score?: number;
}

/** A server that speaks the API of the Presidio analyzer: POST /analyze, positions in code points. */
export class PresidioServer {
  readonly asked: Asked[] = [];
  readonly headers: (string | undefined)[] = [];
  known: readonly Known[] = [{ word: 'Ada Lovelace', entity: 'PERSON' }];
  /** Older versions answer a list with status 500. */
  lists = true;
  /** Answers in its place, or never. */
  instead: ((response: ServerResponse, asked: Asked) => void) | undefined;
  url = '';
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(port = 0): Promise<PresidioServer> {
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        if (request.method !== 'POST' || request.url !== '/base/analyze') {
          response.writeHead(404).end();
          return;
        }
        one.headers.push(request.headers.authorization);
        one.#answer(JSON.parse(body) as Asked, response);
      });
    });
    const one = new PresidioServer(server);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    one.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`;
    return one;
  }

  /** Every text that it was asked about. */
  get texts(): string[] {
    return this.asked.flatMap(({ text }) => text);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(asked: Asked, response: ServerResponse): void {
    this.asked.push(asked);
    if (this.instead) return this.instead(response, asked);
    const { text } = asked;
    if (typeof text === 'string') return json(response, 200, this.#find(text, asked));
    if (!this.lists) return json(response, 500, { error: 'expected string or bytes-like object' });
    json(
      response,
      200,
      text.map((item) => this.#find(item, asked)),
    );
  }

  #find(text: string, { entities, score_threshold = 0 }: Asked): object[] {
    return this.known.flatMap(({ word, entity, score = 0.85 }) => {
      if ((entities && !entities.includes(entity)) || score < score_threshold) return [];
      const found: object[] = [];
      let points = 0;
      let done = 0;
      for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, done)) {
        const start = points + [...text.slice(done, at)].length;
        points = start + [...word].length;
        done = at + word.length;
        found.push({ analysis_explanation: null, end: points, entity_type: entity, score, start });
      }
      return found;
    });
  }
}

export function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
