import { Client } from 'undici';

/** Where calls go, and with which headers. */
export interface Target {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The tool that is called; left out: `query`. */
  readonly tool?: string;
}

export interface Measured {
  /** Calls a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

let nextId = 1;

/** Calls a tool over and over, from this many connections, each waiting for its answer. */
export async function load(
  target: Target,
  connections: number,
  until: { readonly milliseconds?: number; readonly calls?: number },
): Promise<Measured> {
  const { origin, pathname } = new URL(target.url);
  const latencies: number[] = [];
  const started = performance.now();
  const deadline = started + (until.milliseconds ?? Number.POSITIVE_INFINITY);
  const calls = until.calls ?? Number.POSITIVE_INFINITY;
  let begun = 0;
  const clients = Array.from({ length: connections }, () => new Client(origin));
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < deadline && begun++ < calls) {
        const before = performance.now();
        await call(client, pathname, target);
        latencies.push(performance.now() - before);
      }
    }),
  );
  const seconds = (performance.now() - started) / 1_000;
  await Promise.all(clients.map((client) => client.close()));
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor((latencies.length - 1) * share)] ?? Number.NaN;
  return { rate: latencies.length / seconds, p50: at(0.5), p99: at(0.99) };
}

function call(client: Client, path: string, { headers, tool = 'query' }: Target): Promise<void> {
  const args = { sql: 'select id, total from orders where week = 47', limit: 100 };
  const params = { name: tool, arguments: args };
  const body = JSON.stringify({ jsonrpc: '2.0', id: nextId++, method: 'tools/call', params });
  return new Promise((resolve, reject) => {
    let size = 0;
    client.dispatch(
      { method: 'POST', path, body, headers },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, status) => {
          if (status !== 200) reject(new Error(`HTTP status ${status}`));
        },
        onResponseData: (_controller, chunk) => {
          size += chunk.byteLength;
        },
        onResponseEnd: () => (size > 500 ? resolve() : reject(new Error('a short answer'))),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}
