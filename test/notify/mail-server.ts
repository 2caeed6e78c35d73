import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface Mailed {
  readonly to: string[];
  /** Headers and body, as they came. */
  readonly raw: string;
}

/** An SMTP server that keeps what it gets. */
export class MailServer {
  readonly mails: Mailed[] = [];
  /** Addresses that it refuses. */
  readonly refused = new Set<string>();
  url = '';
  readonly #server: SMTPServer;

  static async start(options: SMTPServerOptions = {}): Promise<MailServer> {
    const mail = new MailServer(options);
    mail.#server.on('error', () => undefined);
    const listening = mail.#server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    mail.url = `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`;
    return mail;
  }

  private constructor(options: SMTPServerOptions) {
    this.#server = new SMTPServer({
      ...{ authOptional: true, disabledCommands: ['STARTTLS'], logger: false, closeTimeout: 100 },
      onRcptTo: ({ address }, _session, done) => {
        done(this.refused.has(address) ? new Error(`no such mailbox ${address}`) : undefined);
      },
      onData: (stream, { envelope }, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const to = envelope.rcptTo.map(({ address }) => address);
          this.mails.push({ to, raw: Buffer.concat(chunks).toString('utf8') });
          done();
        });
      },
      ...options,
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

/** A header of a mail, its folded lines joined. */
export function headerOf({ raw }: Mailed, name: string): string | undefined {
  const [head = ''] = raw.split('\r\n\r\n');
  const line = head
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim();
}

/** The text of a part of a mail, decoded. */
export function partOf({ raw }: Mailed, type: 'text/plain' | 'text/html'): string {
  const part = raw.split(/\r\n--[^\r\n]+\r\n/).find((one) => one.startsWith(`Content-Type: ${type}`)); // biome-ignore format: one line says it
  const [head = '', ...body] = (part ?? '').split('\r\n\r\n');
  const text = body.join('\n\n').split('\r\n--')[0] ?? '';
  if (/base64/i.test(head)) return Buffer.from(text, 'base64').toString('utf8');
  const joined = text.replace(/=\r?\n/g, '');
  if (!/quoted-printable/i.test(head)) return joined;
  return Buffer.from(joined.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1').toString('utf8'); // biome-ignore format: one line says it
}
