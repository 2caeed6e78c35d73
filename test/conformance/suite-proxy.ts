import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

/** What stands for one connection only (RFC 9110, section 7.6.1); Node writes its own. */
const perHop = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/**
 * An HTTP proxy that the suite calls instead of a server, because it can send no token of its own. It adds headers
 * and changes nothing else: what either side sends is passed on at once, and when one closes so does the other.
 */
export class SuiteProxy {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server = createServer((incoming, outgoing) => this.#pass(incoming, outgoing));
  #origin: URL | undefined;
  #headers: readonly string[] = [];

  /** Binds a free port of loopback. */
  static async start(): Promise<SuiteProxy> {
    const proxy = new SuiteProxy();
    proxy.#server.requestTimeout = 0;
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /**
   * Sends what comes to the server of an URL.
   *
   * @param headers added to every request
   * @returns the URL under which the proxy serves it
   */
  forward(url: string, headers: Readonly<Record<string, string>> = {}): string {
    this.#origin = new URL(url);
    this.#headers = Object.entries(headers).flat();
    return `${this.origin}${this.#origin.pathname}`;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const origin = this.#origin;
    if (!origin) return void outgoing.writeHead(503).end();
    const { method, url } = incoming;
    const up = request(origin, {
      ...{ method, path: url, agent: this.#agent, setHost: false },
      headers: [...endToEnd(incoming.rawHeaders), ...this.#headers],
    });
    up.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, endToEnd(answer.rawHeaders));
      outgoing.flushHeaders();
      pipeline(answer, outgoing, () => undefined);
    });
    up.on('error', () => outgoing.destroy());
    outgoing.on('close', () => up.destroy());
    incoming.pipe(up);
  }
}

/** Headers as a flat list of names and values, without those of the connection. */
function endToEnd(raw: readonly string[]): string[] {
  return raw.flatMap((name, index) => {
    if (index % 2 === 1 || perHop.has(name.toLowerCase())) return [];
    return [name, raw[index + 1] ?? ''];
  });
}
