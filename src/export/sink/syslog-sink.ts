import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { GateError } from '../../model/errors.ts';
import type { ExportBatch, Sink, SinkLimits } from '../contract.ts';
import { framed, type SyslogHead, syslogMessage } from './syslog-message.ts';
import type { TlsFiles } from './tls-files.ts';

export interface SyslogSinkOptions extends SyslogHead {
  readonly server: string;
  readonly port: number;
  readonly protocol: 'tls' | 'tcp' | 'udp';
  /** Milliseconds for which a connection, and its end, is waited for. */
  readonly timeout: number;
  readonly tls: TlsFiles;
  readonly limits: SinkLimits;
}

/**
 * Sends records as syslog messages. Syslog has no answer, so each batch has a connection of its own, which the gate ends
 * and then waits for the receiver to end: it does so once it has read everything. By UDP nothing tells what has arrived.
 */
export class SyslogSink implements Sink {
  readonly limits: SinkLimits;
  readonly #options: SyslogSinkOptions;

  constructor(options: SyslogSinkOptions) {
    this.#options = options;
    this.limits = options.limits;
  }

  async send(batch: ExportBatch, signal: AbortSignal): Promise<'taken'> {
    const messages = batch.lines.map((line) => syslogMessage(line, this.#options));
    try {
      if (this.#options.protocol === 'udp') await this.#datagrams(messages);
      else await this.#stream(Buffer.concat(messages.map(framed)), signal);
      return 'taken';
    } catch (cause) {
      throw cause instanceof GateError ? cause : failure(cause);
    }
  }

  close(): void {}

  async #datagrams(messages: readonly string[]): Promise<void> {
    const { server, port } = this.#options;
    const socket = createSocket(server.includes(':') ? 'udp6' : 'udp4');
    try {
      for (const message of messages) {
        await new Promise<void>((resolve, reject) => {
          socket.send(message, port, server, (error) => (error ? reject(error) : resolve()));
        });
      }
    } finally {
      socket.close();
    }
  }

  async #stream(bytes: Buffer, signal: AbortSignal): Promise<void> {
    const { timeout } = this.#options;
    const ends = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
    const socket = this.#connect();
    const give = () => socket.destroy(late(timeout));
    ends.addEventListener('abort', give, { once: true });
    try {
      const closed = once(socket, 'close');
      // Heard of by `closed` as well, and by nobody before it is awaited.
      closed.catch(() => undefined);
      // Whatever it says is not for us; without being read its end would not be seen.
      socket.resume();
      socket.end(bytes);
      await closed;
      if (!socket.readableEnded) throw new GateError('EXPORT_FAILED', 'the receiver broke off');
    } finally {
      ends.removeEventListener('abort', give);
      socket.destroy();
    }
  }

  #connect(): Socket {
    const { server: host, port, protocol, tls } = this.#options;
    if (protocol === 'tcp') return connectTcp({ host, port });
    // An address is no name to ask for (RFC 6066, section 3).
    const name = isIP(host) ? {} : { servername: host };
    // RFC 5425, section 4.2: the certificate is checked, by its names.
    return connectTls({ host, port, minVersion: 'TLSv1.2', ...tls, ...name });
  }
}

function late(timeout: number): GateError {
  return new GateError('EXPORT_FAILED', `the receiver did not end the connection in ${timeout} ms`);
}

function failure(cause: unknown): GateError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  return new GateError('EXPORT_FAILED', `the receiver cannot be reached (${code})`, { cause });
}
