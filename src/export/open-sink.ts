import { resolve } from 'node:path';
import { GateError } from '../model/errors.ts';
import type { Clock } from '../model/seams.ts';
import type { Sink, SinkLimits } from './contract.ts';
import type { ExportNews } from './export-news.ts';
import type { ExportWanted } from './export-wanted.ts';
import { FileSink } from './sink/file-sink.ts';
import { HttpSink } from './sink/http-sink.ts';
import { S3Sink } from './sink/s3-sink.ts';
import { StdoutSink } from './sink/stdout-sink.ts';
import { headBytes } from './sink/syslog-message.ts';
import { SyslogSink } from './sink/syslog-sink.ts';
import { readTlsFiles } from './sink/tls-files.ts';

export interface OpenSinkOptions {
  /** Folder that relative paths of the configuration start from. */
  readonly base: string;
  /** Name of the machine. */
  readonly gate: string;
  readonly clock: Clock;
  readonly tell: (news: ExportNews) => void;
}

/** What is written nearby needs not be gathered. */
const NEARBY: SinkLimits = { records: 1_000, characters: 1_048_576, wait: 0 };

/**
 * Opens what a configuration names. Nothing is connected before there is something to send.
 *
 * @throws GateError CONFIG_INVALID, TLS_UNUSABLE
 */
export function openSink(
  name: string,
  { file, stdout, http, syslog, s3 }: ExportWanted,
  { base, gate, clock, tell }: OpenSinkOptions,
): Sink {
  if (file) {
    const { path, rotate } = file;
    return new FileSink({
      ...{ path: resolve(base, path), limits: NEARBY },
      ...(rotate === false ? {} : { rotate }),
    });
  }
  if (stdout) return new StdoutSink(NEARBY);
  if (http) {
    const { batch, wait, tls } = http;
    const limits = limitsOf(batch, wait);
    return new HttpSink({ ...http, tls: readTlsFiles(tls, base), limits, clock, tell });
  }
  if (syslog) {
    const { batch, wait, tls, line, protocol, port = protocol === 'tls' ? 6_514 : 514 } = syslog;
    const { app, facility } = syslog;
    const who = { host: gate, pid: process.pid };
    const limits = {
      ...limitsOf(batch, wait),
      line: line - headBytes({ ...who, app, facility }),
    };
    return new SyslogSink({ ...syslog, ...who, port, tls: readTlsFiles(tls, base), limits });
  }
  if (s3) {
    const { batch, wait, tls } = s3;
    const limits = limitsOf(batch, wait);
    return new S3Sink({ ...s3, tls: readTlsFiles(tls, base), limits, clock });
  }
  throw new GateError('CONFIG_INVALID', `transcripts.export.${name} goes nowhere`);
}

function limitsOf(
  { records, size }: { readonly records: number; readonly size: number },
  wait: number,
): SinkLimits {
  return { records, characters: size, wait };
}
