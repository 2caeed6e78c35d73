import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { AwsV4Signer } from 'aws4fetch';
import { GateError } from '../../model/errors.ts';
import type { Clock } from '../../model/seams.ts';
import { ReceiverClient } from '../../receiver/receiver-client.ts';
import type { ExportBatch, Sink, SinkLimits } from '../contract.ts';
import type { TlsFiles } from './tls-files.ts';

export interface S3SinkOptions {
  /** Base URL of the service; left out: Amazon's. */
  readonly endpoint?: string | undefined;
  readonly bucket: string;
  readonly region: string;
  readonly prefix: string;
  readonly access_key: string;
  readonly secret_key: string;
  readonly session_token?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeout: number;
  readonly tls: TlsFiles;
  readonly limits: SinkLimits;
  readonly clock: Clock;
}

const compressed = promisify(gzip);
/** Digits of the largest position. */
const POSITION = 16;
/** Bytes. */
const MAX_ANSWER = 65_536;

/**
 * Puts each batch into an object of its own. Its name comes from its first record, so that a batch which is sent again
 * takes the place of what it was before.
 */
export class S3Sink implements Sink {
  readonly limits: SinkLimits;
  readonly #options: S3SinkOptions;
  readonly #base: URL;
  readonly #client: ReceiverClient;

  constructor(options: S3SinkOptions) {
    this.#options = options;
    this.limits = options.limits;
    this.#base = baseOf(options);
    const { timeout, tls } = options;
    this.#client = new ReceiverClient({
      ...{ code: 'EXPORT_FAILED', url: `${this.#base.origin}/`, timeout, tls },
      ...{ connections: 1, answer: MAX_ANSWER },
    });
  }

  async send(batch: ExportBatch, signal: AbortSignal): Promise<'taken' | 'too large'> {
    const body = await compressed(Buffer.from(batch.body));
    const url = new URL(this.#base);
    url.pathname += objectName(this.#options.prefix, batch).split('/').map(encodeURIComponent).join('/'); // biome-ignore format: one line says it
    const headers = await this.#signed(url, batch.type, body);
    const below = url.pathname.slice(1);
    const answer = await this.#client.send({ method: 'PUT', below, headers, body }, signal);
    if (answer.status >= 200 && answer.status <= 299) return 'taken';
    const error = /<Code>([A-Za-z0-9]{1,64})<\/Code>/.exec(answer.body)?.[1];
    if (error === 'EntityTooLarge') return 'too large';
    throw this.#client.refused(answer, error);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** Signature Version 4, with the digest of the body: what comes between can't change it. */
  async #signed(url: URL, type: string, body: Uint8Array): Promise<Record<string, string>> {
    const { access_key, secret_key, session_token, region, headers, clock } = this.#options;
    const digest = createHash('sha256').update(body).digest();
    const signer = new AwsV4Signer({
      ...{ method: 'PUT', url: url.href, service: 's3', region, allHeaders: true },
      ...{ accessKeyId: access_key, secretAccessKey: secret_key },
      ...(session_token === undefined ? {} : { sessionToken: session_token }),
      datetime: new Date(clock()).toISOString().replace(/[:-]|\.\d{3}/g, ''),
      headers: {
        ...headers,
        'content-type': type,
        'content-encoding': 'gzip',
        'x-amz-content-sha256': digest.toString('hex'),
        // Buckets whose objects are locked ask for a checksum.
        'x-amz-checksum-sha256': digest.toString('base64'),
      },
    });
    const signed = await signer.sign();
    return Object.fromEntries(signed.headers.entries());
  }
}

/** The bucket is part of the host at Amazon, and of the path everywhere else. */
function baseOf({ endpoint, bucket, region }: S3SinkOptions): URL {
  if (endpoint === undefined) {
    // A dot would be a level of the name that no certificate covers.
    if (bucket.includes('.')) return new URL(`https://s3.${region}.amazonaws.com/${bucket}/`);
    return new URL(`https://${bucket}.s3.${region}.amazonaws.com/`);
  }
  if (!URL.canParse(endpoint)) throw new GateError('CONFIG_INVALID', 'the endpoint is no URL');
  const base = new URL(endpoint);
  base.pathname = `${base.pathname.replace(/\/+$/, '')}/${bucket}/`;
  return base;
}

/** `PREFIX2026/01/31/0000000000004211-EXCHANGE-SEQ.jsonl.gz`: names sort as what they hold was recorded. */
export function objectName(
  prefix: string,
  { first, firstId, at, extension }: Pick<ExportBatch, 'first' | 'firstId' | 'at' | 'extension'>,
): string {
  const day = new Date(at).toISOString().slice(0, 10).replaceAll('-', '/');
  const position = String(first).padStart(POSITION, '0');
  return `${prefix}${day}/${position}-${firstId.replace('/', '-')}.${extension}.gz`;
}
