import type { ExportLine } from '../contract.ts';

/** What syslog says of each message. */
export interface SyslogHead {
  /** RFC 5424, section 6.2.1. */
  readonly facility: number;
  readonly host: string;
  readonly app: string;
  readonly pid: number;
}

/** Severities of RFC 5424 by weight: informational, notice, warning, alert. */
const severities = { 1: 6, 2: 5, 3: 4, 4: 1 } as const;

/**
 * A message of RFC 5424, without a byte order mark: readers of CEF and JSON don't expect one (section 6.4, MSG-ANY).
 */
export function syslogMessage(
  { text, at, weight }: ExportLine,
  { facility, host, app, pid }: SyslogHead,
): string {
  const time = new Date(at).toISOString();
  const head = `<${facility * 8 + severities[weight]}>1 ${time} ${name(host, 255)} ${name(app, 48)} ${pid}`;
  return `${head} transcript - ${text}`;
}

/** Bytes that stand before each message, at most: what is said of it is ASCII. */
export function headBytes(head: SyslogHead): number {
  return syslogMessage({ text: '', at: 0, weight: 1 }, head).length;
}

/** PRINTUSASCII of the length that the RFC allows, or a hyphen. */
function name(text: string, most: number): string {
  return text.replace(/[^\x21-\x7e]/g, '').slice(0, most) || '-';
}

/** Octet counting (RFC 6587, section 3.4.1; RFC 5425, section 4.3). */
export function framed(message: string): Buffer {
  const bytes = Buffer.from(message);
  return Buffer.concat([Buffer.from(`${bytes.byteLength} `), bytes]);
}
