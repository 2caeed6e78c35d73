import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { isObject, parseJson } from '../../model/json.ts';
import type { Clock } from '../../model/seams.ts';
import { ReceiverClient } from '../../receiver/receiver-client.ts';
import { signature } from '../../receiver/signature.ts';
import type { ExportBatch, Sink, SinkLimits } from '../contract.ts';
import type { ExportNews } from '../export-news.ts';
import type { TlsFiles } from './tls-files.ts';

export interface HttpSinkOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bearer?: string | undefined;
  /** Signs each request. */
  readonly secret?: string | undefined;
  readonly gzip: boolean;
  readonly timeout: number;
  readonly tls: TlsFiles;
  readonly limits: SinkLimits;
  readonly clock: Clock;
  readonly tell: (news: ExportNews) => void;
}

const compressed = promisify(gzip);
/** Content Too Large (RFC 9110, section 15.5.14). */
const TOO_LARGE = 413;
/** Bytes. */
const MAX_ANSWER = 65_536;

/** Sends batches by POST. Every status from 200 to 299 means that all of a batch was taken. */
export class HttpSink implements Sink {
  readonly limits: SinkLimits;
  readonly #options: HttpSinkOptions;
  readonly #client: ReceiverClient;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(options: HttpSinkOptions) {
    this.#options = options;
    this.limits = options.limits;
    const { url, timeout, tls } = options;
    this.#client = new ReceiverClient({
      ...{ code: 'EXPORT_FAILED', url, timeout, tls, connections: 1, answer: MAX_ANSWER },
    });
    const own = Object.entries(options.headers).map(([name, value]) => [name.toLowerCase(), value]);
    this.#headers = {
      ...(options.bearer === undefined ? {} : { authorization: `Bearer ${options.bearer}` }),
      // In lower case, so that a header of the configuration takes the place of one of ours.
      ...Object.fromEntries(own),
    };
  }

  async send(batch: ExportBatch, signal: AbortSignal): Promise<'taken' | 'too large'> {
    const { gzip: isCompressed, secret, clock } = this.#options;
    const text = Buffer.from(batch.body);
    const body = isCompressed ? await compressed(text) : text;
    const headers = {
      'content-type': batch.type,
      ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
      'idempotency-key': batch.id,
      ...(secret === undefined
        ? {}
        : { 'sallyport-signature': signature(secret, clock(), batch.id, body) }),
      ...this.#headers,
    };
    const answer = await this.#client.send({ method: 'POST', headers, body }, signal);
    if (answer.status === TOO_LARGE) return 'too large';
    if (answer.status < 200 || answer.status > 299) throw this.#client.refused(answer);
    if (batch.extension.startsWith('otlp')) this.#noteRejected(answer.body);
    return 'taken';
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** A collector may take a batch and throw some of it away; it must not be sent again (OTLP, "Partial success"). */
  #noteRejected(body: string): void {
    const records = rejectedIn(body);
    if (records === 0) return;
    const message = 'the collector took a batch and rejected some of its records';
    this.#options.tell({ log: 'warn', fields: { code: 'EXPORT_FAILED', records }, message });
  }
}

function rejectedIn(body: string): number {
  try {
    const answer = parseJson(body);
    const partial = isObject(answer) && isObject(answer.partialSuccess) ? answer.partialSuccess : {}; // biome-ignore format: one line says it
    const records = Number(partial.rejectedLogRecords ?? 0);
    return Number.isSafeInteger(records) && records > 0 ? records : 0;
  } catch {
    return 0;
  }
}
