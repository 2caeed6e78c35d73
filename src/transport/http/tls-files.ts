import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { GateError, messageOf } from '../../model/errors.ts';
import type { Log } from '../../model/seams.ts';

export interface TlsOptions {
  /** File with the certificate and its chain, as PEM. */
  readonly cert: string;
  /** File with the private key, as PEM. */
  readonly key: string;
  readonly log: Log;
  /** How often the files are looked at, in milliseconds. */
  readonly poll?: number;
}

/** A certificate and its key, as PEM. */
export interface KeyPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Looking costs two small reads. Events would miss files behind symlinks, as container mounts have them. */
const POLL = 5_000;

/** A certificate and a key in files, which may be replaced while the gate runs. */
export class TlsFiles {
  readonly #options: TlsOptions;
  #timer: NodeJS.Timeout | undefined;
  /** What was found last, be it good or not; a pair is complained about once. */
  #last = '';

  constructor(options: TlsOptions) {
    this.#options = options;
  }

  /** @throws GateError TLS_UNUSABLE */
  async read(): Promise<KeyPair> {
    try {
      const pair = await this.#pair();
      this.#last = textOf(pair);
      check(pair);
      return pair;
    } catch (cause) {
      const hint = 'set listen.tls.cert and listen.tls.key to PEM files that belong together';
      const message = `cannot use the certificate: ${messageOf(cause)}`;
      throw new GateError('TLS_UNUSABLE', message, { hint, cause });
    }
  }

  /** Hands over each new pair that is good until it is stopped; a bad one is logged, and changes nothing. */
  watch(take: (pair: KeyPair) => void): void {
    let looking = false;
    const look = async () => {
      if (looking) return;
      looking = true;
      await this.#look(take);
      looking = false;
    };
    this.#timer = setInterval(() => void look(), this.#options.poll ?? POLL).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(take: (pair: KeyPair) => void): Promise<void> {
    try {
      const pair = await this.#pair();
      if (textOf(pair) === this.#last) return;
      this.#last = textOf(pair);
      check(pair);
      take(pair);
      const { validTo } = new X509Certificate(pair.cert);
      this.#options.log.info({ until: validTo }, 'a new certificate was taken over');
    } catch (error) {
      const cause = messageOf(error);
      // What can't be read says so each time.
      if (isMissing(error) && this.#last === cause) return;
      if (isMissing(error)) this.#last = cause;
      this.#options.log.warn({ cause }, 'the new certificate cannot be used; the old one stays');
    }
  }

  async #pair(): Promise<KeyPair> {
    const { cert, key } = this.#options;
    const [certificate, secret] = await Promise.all([readFile(cert), readFile(key)]);
    return { cert: certificate, key: secret };
  }
}

function textOf({ cert, key }: KeyPair): string {
  return `${cert.toString('latin1')}\0${key.toString('latin1')}`;
}

/** @throws Error where the two don't belong together, or either isn't what it should be */
function check(pair: KeyPair): void {
  createSecureContext(pair);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
