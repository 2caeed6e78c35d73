import { expect } from 'vitest';
import type { SqliteReader } from '../../../src/store/sqlite/reader.ts';
import {
  type IssuerServer,
  newKey,
  type SigningKey,
  startIssuerServer,
} from '../../auth/issuer-server.ts';
import type { HttpUpstream } from '../../transport/fixtures/http-upstream.ts';
import { type RunningGate, startGate } from './gate.ts';
import { mcpHandler, startMcpUpstream, UPSTREAM_SESSION } from './mcp-upstream.ts';
import { type Answer, RawClient } from './raw-client.ts';
import { httpText } from './raw-http.ts';

export const HEADER_SECRET = 'upstream-header-8b1e77';
/** What the policy masks. */
export const MASKED = 'grace.hopper@navy.example';

const policy = `apiVersion: sallyport/v1
rules:
  - id: all
    on: { tools: ['*'], resources: ['**'], prompts: ['*'], methods: ['*'] }
    then: allow
    mask: [{ find: email, in: [args, result] }]
`;

/** A gate with narrow limits for bad clients and bad upstreams to try, and all that shows what became of it. */
export class TriedGate {
  readonly gate: RunningGate;
  readonly upstream: HttpUpstream;
  /** A second issuer, whose tokens a test makes as it likes; they need the scope `mcp:call`. */
  readonly issuer: IssuerServer;
  readonly key: SigningKey;
  readonly reader: SqliteReader;
  /** What must be nowhere. */
  readonly secrets = new Set([HEADER_SECRET, MASKED, UPSTREAM_SESSION]);
  readonly #errorBodies: string[] = [];
  #ana: RawClient | undefined;
  #position = 0;

  private constructor(
    gate: RunningGate,
    upstream: HttpUpstream,
    issuer: IssuerServer,
    key: SigningKey,
  ) {
    this.gate = gate;
    this.upstream = upstream;
    this.issuer = issuer;
    this.key = key;
    this.reader = gate.transcripts();
  }

  static async start(): Promise<TriedGate> {
    const upstream = await startMcpUpstream();
    const issuer = await startIssuerServer();
    const key = await newKey('k1');
    issuer.publish(key);
    const headers = { authorization: `Bearer ${HEADER_SECRET}` };
    const gate = await startGate({
      upstreams: {
        files: { url: upstream.url, headers, timeout: '2s' },
        other: { url: upstream.url },
        dead: { url: 'http://127.0.0.1:1/mcp' },
        constructor: { url: upstream.url },
      },
      policies: policy,
      config: {
        limits: { message: '20KiB', depth: 16, session_calls: 3 },
        allowed_origins: ['https://inspector.example'],
        issuers: [{ url: issuer.url, required_scopes: ['mcp:call'] }],
      },
    });
    return new TriedGate(gate, upstream, issuer, key);
  }

  /** A good client with a session. */
  get ana(): RawClient {
    if (!this.#ana) throw new Error('begin() comes first');
    return this.#ana;
  }

  /** What comes before each test. */
  async begin(): Promise<void> {
    this.upstream.handler = mcpHandler;
    this.#ana = await RawClient.open(this.gate, 'ana', 'files');
    this.secrets.add(this.ana.token).add(this.ana.session ?? '');
    this.mark();
  }

  /** What was recorded before counts no more. */
  mark(): void {
    this.#position = this.reader.lastPosition();
  }

  /** Codes of failures that were recorded since the mark. */
  readonly recorded = (): unknown[] => {
    const events = this.reader.eventsAfter(this.#position, 1_000);
    return events.filter(({ kind }) => kind === 'failed').map(({ detail }) => detail?.code);
  };

  /** Checks what a client and an auditor are told of a refusal. */
  async expectRefusal(
    response: Response,
    status: number,
    code: string,
    rpc?: number,
  ): Promise<Answer> {
    const text = await response.text();
    this.told(text);
    expect({ status: response.status, text }).toMatchObject({ status });
    expect(response.headers.get('content-type')).toBe('application/json');
    const answer: Answer = JSON.parse(text);
    // Only the transcript tells a session of somebody else from an unknown one.
    const shown = code === 'SESSION_FOREIGN' ? 'SESSION_UNKNOWN' : code;
    expect(answer).toMatchObject({ jsonrpc: '2.0', error: { data: { code: shown } } });
    if (rpc !== undefined) expect(answer.error?.code).toBe(rpc);
    await expect.poll(this.recorded).toContain(code);
    return answer;
  }

  /** Keeps what a client was told, to look for secrets in it. */
  told(text: string): void {
    this.#errorBodies.push(text);
  }

  /** Whatever came before, a good call works, and nothing of the gate itself has failed. */
  async expectHealth(): Promise<void> {
    this.upstream.handler = mcpHandler;
    expect(await this.ana.echo('still here')).toBe('still here');
    expect(this.gate.log.filter((line) => /STAGE_FAULT|"level":"error"/.test(line))).toEqual([]);
  }

  /** No secret is in the log, in an error or in the database. */
  expectNoSecret(): void {
    const places = {
      log: this.gate.log.join('\n'),
      errors: this.#errorBodies.join('\n'),
      database: this.gate.databaseBytes(),
    };
    expect(places.log).toContain('listening');
    expect(places.database).toContain('still here');
    const found = Object.entries(places).flatMap(([place, text]) =>
      [...this.secrets]
        .filter((secret) => secret !== '' && text.includes(secret))
        .map((secret) => [place, secret]),
    );
    expect(found).toEqual([]);
  }

  /** Headers of a good POST of a body, for writing it by hand. */
  headersFor(body: string): Record<string, string> {
    return {
      host: new URL(this.gate.url).host,
      ...this.ana.headers,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    };
  }

  /** A good POST of a body as it goes over the wire. */
  request(body: string, more: Readonly<Record<string, string>> = {}): string {
    return httpText('POST', '/mcp/files', { ...this.headersFor(body), ...more }, body);
  }

  async stop(): Promise<void> {
    await this.gate.stop();
    await this.issuer.close();
    await this.upstream.close();
  }
}
