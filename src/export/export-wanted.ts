import type { FormatName, RecordMode } from '../replay/export/formats.ts';
import type { RecordFilter } from './record-filter.ts';
import type { TlsWanted } from './sink/tls-files.ts';

/** An export as a configuration names it: plain data, for a thread of its own. */
export interface ExportWanted {
  readonly format: FormatName;
  readonly records?: RecordMode | undefined;
  readonly payloads?: boolean | undefined;
  readonly only: RecordFilter;
  readonly from: 'oldest' | 'now';
  readonly file?: {
    readonly path: string;
    readonly rotate: false | { readonly size: number; readonly files: number };
  } | undefined; // biome-ignore format: one line says it
  readonly stdout?: true | undefined;
  readonly http?: (Sent & HttpWanted) | undefined;
  readonly syslog?: (Sent & SyslogWanted) | undefined;
  readonly s3?: (Sent & S3Wanted) | undefined;
}

/** What sinks beyond the machine have in common. */
interface Sent {
  readonly batch: { readonly records: number; readonly size: number };
  readonly wait: number;
  readonly timeout: number;
  readonly tls?: TlsWanted | undefined;
}

interface HttpWanted {
  readonly url: string;
  readonly bearer?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly secret?: string | undefined;
  readonly gzip: boolean;
}

interface SyslogWanted {
  readonly server: string;
  readonly port?: number | undefined;
  readonly protocol: 'tls' | 'tcp' | 'udp';
  readonly facility: number;
  readonly app: string;
  readonly line: number;
}

interface S3Wanted {
  readonly bucket: string;
  readonly region: string;
  readonly endpoint?: string | undefined;
  readonly prefix: string;
  readonly access_key: string;
  readonly secret_key: string;
  readonly session_token?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}
