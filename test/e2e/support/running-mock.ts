import { mock } from '../../../src/cli/replay/mock.ts';
import type { Exit } from '../../../src/cli/verb.ts';
import type { MockReport } from '../../../src/replay/mock/summary.ts';

export interface MockStopped {
  readonly code: Exit;
  readonly report: MockReport;
  /** What it said on standard error. */
  readonly err: string;
}

/** `sallyport replay mock` in this process, on a free port. */
export class RunningMock {
  readonly url: string;
  readonly token: string | undefined;
  readonly #abort: AbortController;
  readonly #ended: Promise<Exit>;
  readonly #said: { out: string; err: string };

  private constructor(
    head: { readonly url: string; readonly token?: string },
    abort: AbortController,
    ended: Promise<Exit>,
    said: { out: string; err: string },
  ) {
    this.url = head.url;
    this.token = head.token;
    this.#abort = abort;
    this.#ended = ended;
    this.#said = said;
  }

  /** @param args beside `--json`, `--port` and where the database is */
  static async start(database: string, ...args: string[]): Promise<RunningMock> {
    const abort = new AbortController();
    const said = { out: '', err: '' };
    const listening = Promise.withResolvers<void>();
    const all = ['--db', database, '--port', '0', '--json', ...args];
    const ended = mock.run(all, {
      input: (async function* () {})(),
      drained: () => undefined,
      out: (text) => {
        said.out += text;
        listening.resolve();
      },
      err: (text) => {
        said.err += text;
      },
      ...{ colour: false, cwd: process.cwd(), env: {}, signal: abort.signal },
    });
    await Promise.race([
      listening.promise,
      ended.then(
        (code) => listening.reject(new Error(`it ended with ${code}: ${said.err}`)),
        listening.reject,
      ),
    ]);
    await listening.promise;
    return new RunningMock(JSON.parse(said.out), abort, ended, said);
  }

  endpoint(upstream = ''): string {
    return `${this.url}/mcp${upstream && `/${upstream}`}`;
  }

  async stop(): Promise<MockStopped> {
    this.#abort.abort();
    const code = await this.#ended;
    const [, report = '{}'] = this.#said.out.split('\n');
    return { code, report: JSON.parse(report), err: this.#said.err };
  }
}
